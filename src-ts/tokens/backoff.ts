/** Keeps renewals that fail from following each other too quickly: a second, two, four, up to a minute, each with jitter. */
export class Backoff {
  private failures = 0;
  private until = 0;
  private error: unknown;

  constructor(private readonly now: () => number) {}

  /** Throws the error of the last attempt if it is too early for another. */
  check(): void {
    // A clock that was set back must not hold anything up for longer than the longest pause.
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
