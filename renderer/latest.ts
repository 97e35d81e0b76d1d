/** Runs one job at a time and only the newest of those that came meanwhile: nothing queues up. */
export function latest(): (job: () => Promise<void>) => void {
  let isRunning = false;
  let next: (() => Promise<void>) | null = null;
  const run = async (job: () => Promise<void>) => {
    isRunning = true;
    try {
      await job();
    } finally {
      isRunning = false;
      const newest = next;
      next = null;
      if (newest) void run(newest);
    }
  };
  return (job) => {
    if (isRunning) next = job;
    else void run(job);
  };
}
