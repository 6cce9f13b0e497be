/** A library that stores a session through an adapter of ours. */
export interface Story {
  /** The store that it uses. */
  readonly store: string;
  /** Starts the library as an app does, lets it restore its session, and returns who is signed in. */
  open(): Promise<string | null>;
  /** Leaves the app for the system's browser, and returns the address that leads back. Only some libraries sign in this way. */
  leave?(): Promise<string>;
  /** Signs in, and returns who. */
  logIn(address: string): Promise<string | null>;
  /** Replaces the stored session with a newer one, as a long session does. */
  renew(): Promise<void>;
  logOut(): Promise<void>;
  /** Returns again who is signed in, if the library can be asked. */
  askAgain?(): Promise<string | null>;
  /** Writes what a library writes after a start that found nobody signed in, if it writes then. */
  beginAnew?(): Promise<void>;
}

export interface Session {
  user: string;
  token: string;
}

/** The addresses of the simulated servers. The tests answer for them. */
export const SERVER = 'https://server.example';

/** Signs in, for libraries that leave that to the app. */
export async function fetchSession(app: string): Promise<Session> {
  return (await (await fetch(`${SERVER}/login/${app}`, { method: 'POST' })).json()) as Session;
}

/** Some libraries write later, and do not report when they are done. */
export async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
}
