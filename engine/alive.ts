/** Whether a process of this machine, by its id, still runs. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
