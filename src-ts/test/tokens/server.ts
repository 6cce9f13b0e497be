import { SessionEndedError, type Tokens } from '../../tokens/index.js';

/** An authorisation server that rotates refresh tokens, and ends the session if one comes twice (RFC 9700, section 4.14.2). */
export class AuthorisationServer {
  /** How often it was asked for new tokens. */
  asked = 0;
  /** Whether a used refresh token came again. */
  replayed = false;

  private current = '';
  private readonly used = new Set<string>();
  private count = 0;

  constructor(private readonly now: () => number = Date.now) {}

  logIn(): Tokens {
    return this.issue();
  }

  /** @throws SessionEndedError for a token that is not the current one */
  refresh(refreshToken: string | undefined): Tokens {
    this.asked++;
    if (refreshToken === this.current && refreshToken !== '') return this.issue();
    if (refreshToken !== undefined && this.used.has(refreshToken)) this.replayed = true;
    this.endSession();
    throw new SessionEndedError();
  }

  endSession(): void {
    this.used.add(this.current);
    this.current = '';
  }

  isCurrent(tokens: Tokens | null): boolean {
    return tokens?.refreshToken === this.current;
  }

  private issue(): Tokens {
    this.used.add(this.current);
    const number = String(++this.count);
    this.current = `refresh-${number}`;
    return { accessToken: `access-${number}`, refreshToken: this.current, expiresAt: this.now() + 3_600_000 };
  }
}
