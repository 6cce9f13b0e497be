package dev.strongroom.simulator.keystore

import android.hardware.biometrics.BiometricManager
import org.robolectric.annotation.Implements

/** Replaces nothing. Robolectric's own shadow would answer in place of [PromptService]. */
@Implements(BiometricManager::class)
class ShadowBiometricManager
