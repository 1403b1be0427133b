import type { ManifestEntry } from "../manifest/types.ts";
import { abortedError, onAbort } from "../s3/abort-listeners.ts";
import type { GetDelegation, ObjectStore } from "../s3/object-store.ts";
import type { ObjectAddress } from "./fetch-context.ts";
import type { FetchedPiece, PieceFetcher, PieceJob, PieceOptions } from "./fetch-piece.ts";
import {
  type FetchThread,
  type FetchThreadData,
  type JobOutcome,
  startFetchThread,
  type ThreadJob,
} from "./fetch-thread.ts";
import type { JobQueue } from "./job-queue.ts";

/** An object to fetch. */
export interface ObjectJob {
  readonly kind: "object";
  readonly entry: ManifestEntry;
  readonly address: ObjectAddress;
  /** Whether another thread can do it: a plain object (`isPlain`) whose place is free. */
  readonly isForAnyone: boolean;
  /** Whether it comes in pieces, which are jobs of their own. */
  readonly isLarge: boolean;
}

/** A piece of a large object, asked for by whoever puts it together. */
export interface WaitingPiece {
  readonly kind: "piece";
  readonly job: PieceJob;
  readonly options: PieceOptions;
  readonly resolve: (piece: FetchedPiece) => void;
  readonly reject: (error: unknown) => void;
}

type LocalJob = ObjectJob | WaitingPiece;

export interface DistributionOptions {
  readonly objects: readonly ManifestEntry[];
  /** Objects that come in pieces; they begin before the others, since they take longest. */
  readonly large: readonly ManifestEntry[];
  /** Asked when it is an entry's turn: a hundred thousand jobs would be a lot of memory. */
  readonly jobOf: (entry: ManifestEntry) => ObjectJob;
  /** Large objects under way at once. */
  readonly maxLarge: number;
  readonly signal: AbortSignal;
  /** Told of an object that another thread has put at its place. */
  readonly onPlaced: (job: ObjectJob, placed: JobOutcome & { readonly kind: "placed" }) => void;
  /** Told that the store throttles another thread. */
  readonly onThrottled: () => void;
}

/** Credentials are renewed minutes before they end. */
const RENEW_DELEGATIONS_MS = 30_000;

/**
 * Gives out objects and pieces of objects: to this thread, which asks for the next when it has a place free, and to others,
 * which are kept supplied. What another thread hands back is done by this one.
 */
export class FetchDistribution implements JobQueue<LocalJob>, PieceFetcher {
  readonly #options: DistributionOptions;
  /** Objects before it were given out. */
  #next = 0;
  #nextLarge = 0;
  #openLarge = 0;
  /** For this thread only: handed back, or not for anyone. */
  readonly #ours: ObjectJob[] = [];
  readonly #pieces: WaitingPiece[] = [];
  readonly #threads: FetchThread[] = [];
  /** What was given to other threads, by its number there. */
  readonly #elsewhere = new Map<number, LocalJob>();
  #lastId = 0;
  /** Jobs that this thread is busy with; each may still ask for pieces. */
  #busy = 0;
  #waiting: ((job: LocalJob | undefined) => void) | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(options: DistributionOptions) {
    this.#options = options;
    onAbort(options.signal, () => this.#wake());
  }

  /** For this thread; {@link FetchDistribution.done} must be called for each. */
  next(): Promise<LocalJob | undefined> {
    const job = this.#take();
    if (job !== undefined || this.#isOver()) return Promise.resolve(job);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Told that this thread is done with a job. */
  done(job: LocalJob): void {
    this.#busy--;
    if (job.kind === "object" && job.isLarge) this.#openLarge--;
    this.#wake();
  }

  /**
   * Has a piece fetched, by whoever has least to do. It settles when nobody is busy with it any more, whatever became of the
   * object's other pieces: its file may be needed again. Only the end of the run is not waited for.
   */
  fetch(job: PieceJob, options: PieceOptions): Promise<FetchedPiece> {
    const { promise, resolve, reject } = Promise.withResolvers<FetchedPiece>();
    const piece: WaitingPiece = { kind: "piece", job, options, resolve, reject };
    const withdraw = () => {
      const place = this.#pieces.indexOf(piece);
      if (place === -1 && !this.#options.signal.aborted) return;
      if (place !== -1) this.#pieces.splice(place, 1);
      reject(abortedError(options.signal));
    };
    const unlisten = onAbort(options.signal, withdraw);
    const thread = this.#idlest();
    if (thread === undefined) this.#pieces.push(piece);
    else this.#give(thread, [piece]);
    if (options.signal.aborted) withdraw();
    this.#wake();
    return promise.finally(unlisten);
  }

  /** Starts other threads, by what the store delegates to them; none where it delegates nothing. */
  async startThreads(
    store: ObjectStore,
    {
      buckets,
      data,
    }: { readonly buckets: ReadonlySet<string>; readonly data: readonly Omit<FetchThreadData, "task">[] },
  ): Promise<void> {
    const delegate = async () => {
      const delegations: Record<string, GetDelegation> = {};
      for (const bucket of buckets) {
        const delegation = await store.delegate?.(bucket);
        if (delegation === undefined) return undefined;
        delegations[bucket] = delegation;
      }
      return delegations;
    };
    let delegations = await delegate();
    if (delegations === undefined || this.#options.signal.aborted || this.#isOver()) return;
    for (const each of data) {
      const thread = startFetchThread({ task: "fetch", ...each }, (outcome) => this.#settle(outcome));
      thread.give({ delegations, jobs: [] });
      this.#threads.push(thread);
    }
    const renew = async () => {
      const renewed = await delegate().catch(() => undefined);
      if (renewed === undefined || JSON.stringify(renewed) === JSON.stringify(delegations)) return;
      delegations = renewed;
      for (const thread of this.#threads) thread.give({ delegations: renewed, jobs: [] });
    };
    this.#renewal = setInterval(() => void renew(), RENEW_DELEGATIONS_MS).unref();
    this.#supply();
  }

  /** Ends the other threads; afterwards none writes anything any more. */
  async close(): Promise<void> {
    clearInterval(this.#renewal);
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #take(): LocalJob | undefined {
    const { signal, large, maxLarge, jobOf } = this.#options;
    if (signal.aborted) return undefined;
    let job: LocalJob | undefined = this.#ours.shift() ?? this.#pieces.shift();
    const nextLarge = this.#openLarge < maxLarge ? large[this.#nextLarge] : undefined;
    if (job === undefined && nextLarge !== undefined) {
      job = jobOf(nextLarge);
      this.#nextLarge++;
      this.#openLarge++;
    }
    job ??= this.#takeObject();
    if (job !== undefined) this.#busy++;
    return job;
  }

  #takeObject(): ObjectJob | undefined {
    const entry = this.#options.objects[this.#next];
    if (entry === undefined) return undefined;
    this.#next++;
    return this.#options.jobOf(entry);
  }

  #isOver(): boolean {
    const { signal, objects, large } = this.#options;
    if (signal.aborted) return true;
    const isGivenOut = this.#next === objects.length && this.#nextLarge === large.length;
    const isLeft = this.#ours.length + this.#pieces.length + this.#busy + this.#elsewhere.size > 0;
    return isGivenOut && !isLeft;
  }

  #wake(): void {
    if (this.#waiting === undefined) return;
    const job = this.#take();
    if (job === undefined && !this.#isOver()) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting(job);
  }

  /** The thread with less to do than this one and all others. */
  #idlest(): FetchThread | undefined {
    let idlest: FetchThread | undefined;
    let least = this.#busy + this.#pieces.length;
    for (const thread of this.#threads) {
      if (thread.room === 0 || thread.unanswered >= least) continue;
      idlest = thread;
      least = thread.unanswered;
    }
    return idlest;
  }

  /** Gives every other thread its next jobs, and leaves this one its share. */
  #supply(): void {
    const { objects } = this.#options;
    for (const thread of this.#threads) {
      const share = Math.ceil((objects.length - this.#next) / (2 * (this.#threads.length + 1)));
      const jobs: LocalJob[] = [];
      const room = Math.min(thread.room, share);
      while (jobs.length < room) {
        const job = this.#takeObject();
        if (job === undefined) break;
        if (job.isForAnyone) jobs.push(job);
        else this.#ours.push(job);
      }
      if (jobs.length > 0) this.#give(thread, jobs);
    }
    this.#wake();
  }

  #give(thread: FetchThread, jobs: readonly LocalJob[]): void {
    const given = jobs.map((job): ThreadJob => {
      const id = ++this.#lastId;
      this.#elsewhere.set(id, job);
      if (job.kind === "piece") return { kind: "piece", id, job: job.job };
      return { kind: "object", id, entry: job.entry, address: job.address };
    });
    thread.give({ delegations: {}, jobs: given });
  }

  #settle(outcome: JobOutcome): void {
    const job = this.#elsewhere.get(outcome.id);
    if (job === undefined) return;
    this.#elsewhere.delete(outcome.id);
    if (outcome.kind === "placed" && job.kind === "object") this.#options.onPlaced(job, outcome);
    else if (outcome.kind === "piece" && job.kind === "piece") {
      job.options.onBytes(job.job.piece.length);
      job.resolve(outcome.piece);
    } else {
      if (outcome.kind === "handed-back" && outcome.isThrottled) this.#options.onThrottled();
      if (job.kind === "object") this.#ours.push(job);
      else if (job.options.signal.aborted) job.reject(abortedError(job.options.signal));
      else this.#pieces.push(job);
    }
    if (!this.#options.signal.aborted) this.#supply();
  }
}
