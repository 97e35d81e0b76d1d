/**
 * The way in for every npm script: sets up what is missing, then runs the command on the engine's Node.
 * Plain JavaScript, because the Node that starts it may be too old for the rest.
 */
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { root } from './engine-node.mjs';
import { say, setUp } from './setup.mjs';

const cli = path.join(root, 'engine/cli.ts');
const tests = [
  '--test',
  '--test-reporter=spec',
  // One test that hangs is one failure, not a run without end.
  '--test-timeout=300000',
  // Node 22 calls the clock that tests may set experimental; later ones do not.
  '--disable-warning=ExperimentalWarning',
  `${root}/test/unit/**/*.test.ts`,
  `${root}/test/engine/**/*.test.ts`,
  `${root}/test/e2e/**/*.test.ts`,
];

const inBuild = (/** @type {string} */ name) => path.join(root, 'build', name);

/** @typedef {{ args: string[], cwd: string, env?: NodeJS.ProcessEnv }} Step */

/** What each npm script runs, one after the other. Paths the person gives count from their own folder. */
/** @type {Record<string, (args: string[]) => Step[]>} */
const commands = {
  wanwu: (args) => [{ args: [cli, ...args], cwd: callerFolder() }],
  start: (args) => [{ args: [inBuild('window.mjs'), ...args], cwd: root }],
  dist: (args) => [{ args: [inBuild('pack.mjs'), ...args], cwd: root }],
  test: (args) => [{ args: [...tests, ...args], cwd: root }],
  'test:packed': (args) => [
    {
      args: ['--test', '--test-reporter=spec', `${root}/test/e2e/**/*.test.ts`, ...args],
      cwd: root,
      env: { WANWU_APP: path.join(root, 'dist/packages/linux-unpacked/wanwu-album') },
    },
  ],
  screenshots: () => [{ args: ['--test', `${root}/test/e2e/screenshots.ts`], cwd: root }],
  bench: (args) => [
    { args: [path.join(root, 'test/bench/bench.ts'), ...args], cwd: callerFolder() },
  ],
  'bench:tuner': (args) => [
    { args: [path.join(root, 'test/bench/tuner.ts'), ...args], cwd: callerFolder() },
  ],
  'bench:servers': (args) => [
    { args: [path.join(root, 'test/bench/servers.ts'), ...args], cwd: callerFolder() },
  ],
  'bench:window': (args) => [
    { args: [path.join(root, 'test/bench/window.ts'), ...args], cwd: callerFolder() },
  ],
  scale: (args) => [
    { args: [path.join(root, 'test/bench/scale.ts'), ...args], cwd: callerFolder() },
  ],
  soak: (args) => [{ args: [path.join(root, 'test/bench/soak.ts'), ...args], cwd: callerFolder() }],
  profile: (args) => [
    { args: [path.join(root, 'test/bench/profile.ts'), ...args], cwd: callerFolder() },
  ],
  quality: (args) => [
    { args: [path.join(root, 'test/quality/calibrate.ts'), ...args], cwd: callerFolder() },
  ],
  album: (args) => [
    { args: [path.join(root, 'test/quality/collect.ts'), ...args], cwd: callerFolder() },
  ],
  kernel: () =>
    ['jpeg', 'resize'].map((room) => ({
      args: [
        path.join(root, 'node_modules/assemblyscript/bin/asc.js'),
        '--config',
        'asconfig.json',
      ],
      cwd: path.join(root, 'engine/decode', room, 'kernel'),
    })),
  check: () =>
    [
      ['node_modules/prettier/bin/prettier.cjs', '--check', '.'],
      ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.'],
      ['node_modules/typescript/bin/tsc', '--build'],
      [inBuild('fallback-types.mjs')],
      tests,
    ].map((args) => ({ args, cwd: root })),
};

function callerFolder() {
  return process.env['INIT_CWD'] ?? process.cwd();
}

/**
 * @param {string} node
 * @param {Step} step
 * @returns {Promise<number>}
 */
function run(node, { args, cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    // Ctrl-C reaches the child by itself; it decides how to end.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : os.constants.signals[signal]));
    });
  });
}

const [name = '', ...args] = process.argv.slice(2);
const steps = commands[name];
if (!steps) {
  say(`run.mjs: ${Object.keys(commands).join(' | ')}`);
  process.exit(2);
}
const node = await setUp();
let code = 0;
for (const step of steps(args)) {
  code = await run(node, step);
  if (code !== 0) break;
}
process.exitCode = code;
