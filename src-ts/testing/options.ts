import type { Platform, ResetReason } from '../definitions.js';

export interface FakeOptions {
  /**
   * The option of the same name in the plugin's configuration.
   *
   * @since 0.1.0
   * @default 'quarantine'
   */
  onKeyLoss?: 'quarantine' | 'error';

  /**
   * Where the app believes it runs.
   *
   * @since 0.1.0
   * @default 'android'
   */
  platform?: Platform;
}

/**
 * Why a store cannot be opened any more.
 *
 * @since 0.1.0
 */
export type KeyLoss = Exclude<ResetReason, 'REQUESTED'>;
