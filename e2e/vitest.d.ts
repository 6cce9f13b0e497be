import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The phone of the tests in `bridge/`. */
    platform: 'android' | 'ios';
  }
}
