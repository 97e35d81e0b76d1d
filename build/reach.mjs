/** Reaching servers as the person's machine does: through the proxy that its environment or npm's settings name. */
import { spawn } from 'node:child_process';

const probeMs = 15_000;

/** What a process must be started with for its downloads to take the proxy; npm hands its own settings on. */
export function throughProxy() {
  const { env } = process;
  const proxy =
    env['https_proxy'] ||
    env['HTTPS_PROXY'] ||
    env['npm_config_https_proxy'] ||
    env['npm_config_proxy'];
  if (!proxy) return env;
  const direct = env['no_proxy'] || env['NO_PROXY'] || env['npm_config_noproxy'] || '';
  // Node takes no proxy by itself, and reads all this only when it starts.
  return { ...env, https_proxy: proxy, no_proxy: direct, NODE_USE_ENV_PROXY: '1' };
}

/** @param {string} address Whether its server answers, whatever it says. @returns {Promise<boolean>} */
export function reaches(address) {
  const ask = `await fetch(process.argv[1], { method: 'HEAD' })`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', ask, address], {
      stdio: 'ignore',
      timeout: probeMs,
      env: throughProxy(),
    });
    child.on('exit', (code) => {
      resolve(code === 0);
    });
  });
}
