import { SecureStorage, SecureStorageError } from 'capacitor-strongroom';

/** Resolves when the store can be read. Show the splash screen until then. */
export async function whenReadable(store: string): Promise<void> {
  for (;;) {
    try {
      await SecureStorage.getStatus({ store });
      return;
    } catch (error) {
      if (!(error instanceof SecureStorageError && error.retryable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
