/** Makes a fresh clone ready: installs what package-lock.json names, once, and says so on stderr. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alone } from './alone.mjs';
import { engineNode, root, unsupported } from './engine-node.mjs';

const marker = path.join(root, 'node_modules', '.wanwu-setup');

/** Returns the engine's Node. Ends the process with a message when the set-up fails. */
export async function setUp() {
  const why = unsupported();
  if (why !== null) fail(why);
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .update(process.platform + process.arch)
    .digest('hex');
  const isDone = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted;
  // npm begins with taking away what is there: two at once would leave a half.
  if (!isDone())
    await alone('setup', async () => {
      if (isDone()) return;
      await install();
      writeFileSync(marker, wanted);
    });
  const node = engineNode();
  if (node === null)
    fail(
      '引擎的 Node 没有装上，请删除 node_modules 后重试。Node for the engine was not installed: delete node_modules and try again.',
    );
  return node;
}

async function install() {
  say('首次运行：正在安装依赖（约 950 MB，几十秒到几分钟）… First run: installing dependencies.');
  const started = Date.now();
  const tick = setInterval(() => {
    say(`  仍在安装… ${String(Math.round((Date.now() - started) / 1000))} s`);
  }, 10_000);
  const code = await run(npmCommand(), [
    'ci',
    // NODE_ENV=production or the person's own npmrc would leave out what builds the window, or the engine's Node.
    '--include=dev',
    '--include=optional',
    // npm warns here of packages that want Node >= 22 (they run on the engine's own) and of settings of
    // the person's own npmrc; errors are shown.
    '--loglevel=error',
    '--no-fund',
    '--no-audit',
  ]);
  clearInterval(tick);
  if (code !== 0)
    fail(`安装失败（npm ci 退出码 ${String(code)}）。Installing failed: see the lines above.`);
  say(`安装完成，用时 ${String(Math.round((Date.now() - started) / 1000))} 秒。Installed.`);
}

/** npm as the one that is running us, or the one on the PATH: pnpm and yarn name themselves, and read no package-lock. */
export function npmCommand() {
  const script = process.env['npm_execpath'];
  if (script !== undefined && path.basename(script) === 'npm-cli.js')
    return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/**
 * @param {string[]} command
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function run([file = '', ...first], args) {
  return new Promise((resolve) => {
    const child = spawn(file, [...first, ...args], {
      cwd: root,
      // npm's words are progress: stdout stays clean for the command itself.
      stdio: ['ignore', 2, 2],
      shell: file.endsWith('.cmd'),
      env: {
        ...process.env,
        // npm 10 ignores allowScripts: this keeps onnxruntime-node from fetching CUDA files.
        ONNXRUNTIME_NODE_INSTALL: 'skip',
      },
    });
    child.on('error', (error) => {
      say(String(error));
      resolve(1);
    });
    child.on('exit', (code) => {
      resolve(code ?? 1);
    });
  });
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @param {string} line
 * @returns {never}
 */
function fail(line) {
  say(line);
  process.exit(1);
}
