/**
 * npm run album -- FOLDER: gathers the mixed album from Debian 12 and PyPI packages with apt-get, pip and
 * dpkg-deb; every archive and every picture is checked against its sha256. What is there already is kept.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readAlbum, type Album } from './album.ts';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('npm run album -- FOLDER');
mkdirSync(out, { recursive: true });
const { sources, pictures } = readAlbum();
for (const source of sources) {
  const wanted = pictures.filter((one) => one.package === source.package);
  if (wanted.every(({ file, sha256 }) => isThere(path.join(out, file), sha256))) continue;
  console.error(`${source.package} ${source.version}`);
  const work = mkdtempSync(path.join(os.tmpdir(), 'wanwu-album-'));
  try {
    const tree = unpack(source, work);
    for (const picture of wanted) {
      const [file = '', offset] = picture.path.split('#');
      const whole = readFileSync(path.join(tree, file));
      const bytes = offset === undefined ? whole : webpAt(whole, Number(offset));
      check(picture.path, bytes, picture.sha256);
      writeFileSync(path.join(out, picture.file), bytes);
    }
  } finally {
    rmSync(work, { recursive: true });
  }
}
console.log(`${String(pictures.length)} pictures in ${out}`);

function unpack(source: Album['sources'][number], work: string): string {
  const run = (command: string, ...words: string[]) =>
    execFileSync(command, words, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
  const { kind, package: name, version } = source;
  if (kind === 'debian')
    run('apt-get', '-o', 'APT::Sandbox::User=root', 'download', '-qq', `${name}=${version}`);
  else
    run(
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--no-binary',
      ':all:',
      '-d',
      '.',
      `${name}==${version}`,
    );
  const [archive = ''] = readdirSync(work);
  check(archive, readFileSync(path.join(work, archive)), source.sha256);
  mkdirSync(path.join(work, 'tree'));
  if (kind === 'debian') run('dpkg-deb', '-x', archive, 'tree');
  else run('tar', '-xf', archive, '-C', 'tree');
  return path.join(work, 'tree');
}

/** A RIFF chunk says its own length. */
function webpAt(whole: Buffer, start: number): Buffer {
  return whole.subarray(start, start + 8 + whole.readUInt32LE(start + 4));
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isThere(file: string, sha256: string): boolean {
  return existsSync(file) && sha256Of(readFileSync(file)) === sha256;
}

function check(name: string, bytes: Buffer, expected: string): void {
  const actual = sha256Of(bytes);
  if (actual !== expected) throw new Error(`${name}: sha256 is ${actual}, expected ${expected}`);
}
