/** Delays the next renewal after a failure: by 1 second, 2, 4 and so on up to a minute, each with jitter. */
export class Backoff {
  private failures = 0;
  private until = 0;
  private error: unknown;

  constructor(private readonly now: () => number) {}

  /** Throws the error of the last attempt if it is too early for the next one. */
  check(): void {
    // A clock that was set back must not delay the next attempt by more than the longest pause.
    if (this.now() < this.until && this.until - this.now() <= LONGEST) throw this.error;
  }

  failed(error: unknown): void {
    this.error = error;
    const pause = Math.min(1000 * 2 ** this.failures++, LONGEST);
    this.until = this.now() + pause * (0.5 + Math.random() / 2);
  }

  succeeded(): void {
    this.failures = 0;
    this.until = 0;
    this.error = undefined;
  }
}

const LONGEST = 60_000;
