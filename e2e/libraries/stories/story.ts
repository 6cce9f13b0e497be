/** A library that keeps a session through an adapter of ours. */
export interface Story {
  /** The store that it uses. */
  readonly store: string;
  /** Starts the library, as the app's start does, lets it restore what it kept, and tells who is signed in. */
  open(): Promise<string | null>;
  /** Leaves the app for the system's browser, and tells the address that leads back. Only some sign in this way. */
  leave?(): Promise<string>;
  /** Signs in, and tells who. */
  logIn(address: string): Promise<string | null>;
  /** Puts something newer in the place of what is kept, as a session does that lasts. */
  renew(): Promise<void>;
  logOut(): Promise<void>;
  /** Asks once more who is signed in, where a library can be asked. */
  askAgain?(): Promise<string | null>;
  /** Does what a start writes that found nobody signed in, where a library writes then. */
  beginAnew?(): Promise<void>;
}

export interface Session {
  user: string;
  token: string;
}

/** Where the pretended servers are. The tests answer for them. */
export const SERVER = 'https://server.example';

/** Signs in where a library leaves that to the app. */
export async function fetchSession(app: string): Promise<Session> {
  return (await (await fetch(`${SERVER}/login/${app}`, { method: 'POST' })).json()) as Session;
}

/** Some libraries write in their own time, and tell nobody when it is done. */
export async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
}
