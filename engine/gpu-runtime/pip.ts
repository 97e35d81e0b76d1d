/** Which package index this machine's pip uses. Imports nothing of ours: packing asks it too. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** pip's own settings first (pip.conf, environment), then its default. */
const askPip = [
  'import subprocess, sys',
  'from pip._internal.models.index import PyPI',
  "set = subprocess.run([sys.executable, '-m', 'pip', 'config', 'get', 'global.index-url'], capture_output=True, text=True)",
  'print(set.stdout.strip() or PyPI.simple_url)',
].join('\n');
const pipMs = 20_000;

/** Null where there is no pip. */
export async function pipsIndex(): Promise<string | null> {
  const asked = await promisify(execFile)('python3', ['-c', askPip], { timeout: pipMs }).catch(
    () => null,
  );
  const index = asked?.stdout.trim() ?? '';
  return /^https?:\/\//.test(index) ? index : null;
}
