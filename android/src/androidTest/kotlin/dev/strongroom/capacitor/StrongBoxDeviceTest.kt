package dev.strongroom.capacitor

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Test
import javax.crypto.KeyGenerator

/** Devices with and without a StrongBox. */
class StrongBoxDeviceTest : DeviceTestBase() {
    @Test
    fun whoPrefersItGetsAKeyOnEveryDevice() =
        withStore(config = mapOf("strongBox" to "prefer")) { store ->
            store.set("key", "value")
            assertEquals("value", store.restarted().get("key"))
            // An existing StrongBox can still fail the self-test of the key.
            if (!hasStrongBox()) assertNotEquals("strongBox", store.status().getString("securityLevel"))
        }

    @Test
    fun whoRequiresItGetsNothingLess() =
        withStore(config = mapOf("strongBox" to "require")) { store ->
            if (hasStrongBox()) {
                store.set("key", "value")
                assertEquals("strongBox", store.status().getString("securityLevel"))
            } else {
                assertRejected("INSUFFICIENT_SECURITY") { store.set("key", "value") }
                assertEquals(emptyList<String>(), store.aliases())
            }
        }

    /** Asks the Keystore itself, because the list of system features can be wrong. */
    private fun hasStrongBox(): Boolean {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) return false
        val specification =
            KeyGenParameterSpec
                .Builder(PROBE, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setKeySize(256)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setIsStrongBoxBacked(true)
                .build()
        return try {
            KeyGenerator.getInstance("AES", PROVIDER).apply { init(specification) }.generateKey()
            true
        } catch (unavailable: StrongBoxUnavailableException) {
            false
        } finally {
            keyStore.deleteEntry(PROBE)
        }
    }

    private companion object {
        const val PROBE = "is there a StrongBox?"
    }
}
