package dev.strongroom.capacitor

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import javax.crypto.KeyGenerator

/** A store whose key the device's Keystore has lost or replaced. */
class KeyLossDeviceTest : DeviceTestBase() {
    @Test
    fun aDeletedKeyPutsTheStoreIntoQuarantine() = isQuarantined("KEY_LOST") { keyStore.deleteEntry(it) }

    @Test
    fun anotherKeyInItsPlaceIsNoticed() = isQuarantined("KEY_MISMATCH") { generate(it) }

    @Test
    fun onRequestALossIsAnErrorUntilReset() =
        withStore(config = mapOf("onKeyLoss" to "error")) { first ->
            first.set("key", "value")
            keyStore.deleteEntry(first.aliases().single())
            val next = first.restarted()
            repeat(2) { assertFalse(assertRejected("KEY_LOST") { next.get("key") }.retryable) }
            assertRejected("KEY_LOST") { next.set("key", "other") }
            assertEquals(emptyList<Any>(), next.events)
            next.call("reset")
            next.set("key", "fresh")
            assertEquals("fresh", next.restarted().get("key"))
        }

    /** The app gets the reason, an empty store works, and the old file still exists. */
    private fun isQuarantined(
        reason: String,
        lose: (alias: String) -> Unit,
    ) = withStore { first ->
        first.set("key", "value")
        lose(first.aliases().single())
        val next = first.restarted()
        assertRejected("NOT_FOUND") { next.get("key") }
        val (name, event) = next.events.single()
        assertEquals("storeReset", name)
        assertEquals(reason, event.getString("reason"))
        assertEquals(reason, next.status().getJSONObject("lastReset").getString("reason"))
        next.set("key", "fresh")
        val recovery = next.call("recover")
        assertEquals(listOf(0, 1), listOf("recovered", "remaining").map(recovery::getInt))
        val later = next.restarted()
        assertEquals("fresh", later.get("key"))
        assertEquals(1, later.status().getInt("quarantined"))
    }

    private fun generate(alias: String) {
        val specification =
            KeyGenParameterSpec
                .Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setKeySize(256)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .build()
        KeyGenerator.getInstance("AES", PROVIDER).apply { init(specification) }.generateKey()
    }
}
