import type { AdaptiveLimit } from "./adaptive-limit.ts";

/** Work that comes in as others take it out. */
export interface JobQueue<Job> {
  /** The next one, once there is one; undefined when none will come any more. */
  next(): Promise<Job | undefined>;
}

/** Runs jobs as they come, as many at once as the limit allows; resolves when none will come and all are done. */
export async function runJobs<Job>(
  queue: JobQueue<Job>,
  limit: AdaptiveLimit,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (;;) {
    await limit.acquire();
    const job = await queue.next();
    if (job === undefined) break;
    const done = run(job).finally(() => {
      running.delete(done);
      limit.release();
    });
    running.add(done);
  }
  limit.release();
  await Promise.all(running);
}

/** A queue that is filled from outside. */
export class FilledQueue<Job> implements JobQueue<Job> {
  #jobs: Job[] = [];
  /** Jobs before it were taken. */
  #at = 0;
  #isClosed = false;
  readonly #waiting: ((job: Job | undefined) => void)[] = [];

  add(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#jobs.push(job);
      else waiting(job);
    }
  }

  /** No more will come; what is there is still given out. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }

  async next(): Promise<Job | undefined> {
    const job = this.#jobs[this.#at];
    if (job === undefined) {
      this.#jobs = [];
      this.#at = 0;
      if (this.#isClosed) return undefined;
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#at++;
    return job;
  }
}
