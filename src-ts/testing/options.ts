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
   * The platform that `getPlatform` and `getStatus` return.
   *
   * @since 0.1.0
   * @default 'android'
   */
  platform?: Platform;
}

/**
 * Why a store can no longer be opened.
 *
 * @since 0.1.0
 */
export type KeyLoss = Exclude<ResetReason, 'REQUESTED'>;
