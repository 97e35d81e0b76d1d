/**
 * Faults that only tests have: an engine started through `faultyNode` loads this file first, in its main
 * thread and in every other. Nothing of it is in the product.
 */
import fs, { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

export interface Faults {
  /** Opening a file with this in its name kills the process as a native fault would. */
  crash?: string;
  /** Opening one with this in its name never comes back. */
  hang?: string;
  /** The engine's clock runs this many times as fast, so that its patience ends sooner. */
  clock?: number;
  /** While this file exists there is no space for thumbnails, or for the catalog. */
  fullThumbnails?: string;
  fullCatalog?: string;
}

/** An executable like Node's own that brings the faults along. */
export function faultyNode(folder: string, faults: Faults): string {
  const file = path.join(folder, 'faulty-node.sh');
  const self = fileURLToPath(import.meta.url);
  writeFileSync(
    file,
    `#!/bin/sh\nWANWU_TEST_FAULTS='${JSON.stringify(faults)}' exec '${process.execPath}' --import '${self}' "$@"\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

function install({ crash, hang, clock = 1, fullThumbnails, fullCatalog }: Faults): void {
  const { openSync, writeFileSync: write } = fs;
  const has = (file: unknown, part: string | undefined) =>
    part !== undefined && path.basename(String(file)).includes(part);
  fs.openSync = (file, ...rest) => {
    if (has(file, crash)) process.kill(process.pid, 'SIGSEGV');
    if (has(file, hang)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return openSync(file, ...rest);
  };
  fs.writeFileSync = (file, ...rest) => {
    if (fullThumbnails !== undefined && existsSync(fullThumbnails) && !isMainThread)
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    write(file, ...rest);
  };
  syncBuiltinESMExports();
  if (!isMainThread) return;
  if (clock !== 1) {
    const now = performance.now.bind(performance);
    performance.now = () => now() * clock;
  }
  if (fullCatalog !== undefined) limitCatalog(fullCatalog);
}

/** SQLite's own limit of pages stands for a full disk: the same error from the same place. */
function limitCatalog(flag: string): void {
  const Database = createRequire(import.meta.url)('better-sqlite3') as {
    prototype: { pragma: (source: string, options?: object) => unknown };
  };
  const { pragma } = Database.prototype;
  Database.prototype.pragma = function (source, options) {
    const answer = pragma.call(this, source, options);
    if (source === 'foreign_keys = ON') {
      const timer = setInterval(() => {
        const limit = existsSync(flag) ? 1 : 1_000_000_000;
        pragma.call(this, `max_page_count = ${String(limit)}`);
      }, 50);
      timer.unref();
    }
    return answer;
  };
}

const given = process.env['WANWU_TEST_FAULTS'];
if (given !== undefined) install(JSON.parse(given) as Faults);
