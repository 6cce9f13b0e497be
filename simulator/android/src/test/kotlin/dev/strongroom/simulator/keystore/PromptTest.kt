package dev.strongroom.simulator.keystore

import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_STRONG
import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_WEAK
import android.hardware.biometrics.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties.AUTH_BIOMETRIC_STRONG
import android.security.keystore.KeyProperties.AUTH_DEVICE_CREDENTIAL
import android.security.keystore.KeyProperties.PURPOSE_SIGN
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.RuntimeEnvironment
import java.security.InvalidAlgorithmParameterException
import java.security.ProviderException
import java.util.concurrent.Executor
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import javax.crypto.SecretKey

/** Android's own `BiometricPrompt`, and its Keystore provider with keys that ask the user. */
class PromptTest : KeystoreTestBase() {
    private val seen = mutableListOf<String>()

    @Test
    fun `the user authorises one use, and the answer is always the same`() {
        gate()
        val answers =
            List(2) {
                val mac = begin()
                ask(mac)
                mac.doFinal(MESSAGE)
            }
        assertArrayEquals(answers[0], answers[1])
        assertEquals(listOf("ok 2", "ok 2"), seen)
        assertEquals(2, ScriptedUser.shown.size)
        assertEquals(2, count("sign"))
    }

    @Test
    fun `without the user, or if the daemon learns nothing of it, the use fails and the next one works`() {
        gate()
        val unasked = begin()
        assertNotAuthenticated(unasked)
        ScriptedUser.deliversTokens = false
        val unheard = begin()
        ask(unheard)
        assertNotAuthenticated(unheard)
        ScriptedUser.deliversTokens = true
        val mac = begin()
        ask(mac)
        assertEquals(32, mac.doFinal(MESSAGE).size)
        assertEquals(listOf("ok 2", "ok 2"), seen)
    }

    @Test
    fun `a prompt for one use authorises no other`() {
        gate()
        val other = begin()
        ask(begin())
        assertNotAuthenticated(other)
    }

    @Test
    fun `the codes of the system reach the app unchanged, and an unknown finger ends nothing`() {
        gate()
        for (code in listOf(1, 3, 5, 7, 8, 9, 10, 11, 12, 14, 15, 99)) {
            ScriptedUser.answer { it.end(code) }
            ask(begin())
        }
        ScriptedUser.answer {
            repeat(3) { _ -> it.fail() }
            it.succeed()
        }
        ask(begin())
        val codes = listOf(1, 3, 5, 7, 8, 9, 10, 11, 12, 14, 15, 99).map { "error $it" }
        assertEquals(codes + listOf("failed", "failed", "failed", "ok 2"), seen)
    }

    @Test
    fun `the negative button calls only its listener, and a signal that was cancelled before calls nobody`() {
        gate()
        ScriptedUser.answer { it.pressNegativeButton() }
        ask(begin())
        assertEquals(listOf("negative"), seen)
        ask(begin(), signal = CancellationSignal().apply { cancel() })
        assertEquals(listOf("negative"), seen)
        assertEquals(1, ScriptedUser.shown.size)
    }

    @Test
    fun `a signal ends a prompt that is shown`() {
        gate()
        val signal = CancellationSignal()
        ScriptedUser.answer { }
        ask(begin(), signal = signal)
        assertEquals(emptyList<String>(), seen)
        signal.cancel()
        assertEquals(listOf("error 5"), seen)
    }

    @Test
    fun `weak biometry authorises no use of a key`() {
        gate()
        assertThrows(IllegalArgumentException::class.java) { ask(begin(), BIOMETRIC_WEAK) }
        assertEquals(0, ScriptedUser.shown.size)
    }

    @Test
    fun `a key that cannot be asked for is not made`() {
        ScriptedUser.enrolments = emptyList()
        assertThrows(InvalidAlgorithmParameterException::class.java) { gate() }
        KeystoreControl.removeLockScreen()
        for (kinds in listOf(AUTH_BIOMETRIC_STRONG, AUTH_DEVICE_CREDENTIAL)) {
            assertThrows(InvalidAlgorithmParameterException::class.java) { gate(kinds) }
        }
    }

    @Test
    fun `what a change of the device does to each kind of key`() {
        val either = AUTH_BIOMETRIC_STRONG or AUTH_DEVICE_CREDENTIAL
        for (
        (kinds, invalidate, expected) in
        listOf(
            Triple(AUTH_BIOMETRIC_STRONG, true, listOf("lost", "lost", "works", "absent")),
            Triple(AUTH_BIOMETRIC_STRONG, false, listOf("works", "works", "works", "absent")),
            // No key can be opened by the passcode and be invalidated by a new finger.
            Triple(either, true, listOf("works", "works", "works", "absent")),
            Triple(either, false, listOf("works", "works", "works", "absent")),
            Triple(AUTH_DEVICE_CREDENTIAL, true, listOf("works", "works", "works", "absent")),
        )
        ) {
            ScriptedUser.reset()
            val before = ScriptedUser.enrolments
            gate(kinds, invalidate)
            val states = mutableListOf<String>()
            ScriptedUser.enrolments = before + 0xF2L
            states += state()
            ScriptedUser.enrolments = emptyList()
            states += state()
            ScriptedUser.enrolments = before
            states += state()
            KeystoreControl.removeLockScreen()
            ScriptedUser.setLockScreen()
            states += state()
            assertEquals("$kinds $invalidate", expected, states)
        }
    }

    @Test
    fun `another lock screen is another user`() {
        gate(AUTH_DEVICE_CREDENTIAL)
        ScriptedUser.setLockScreen()
        assertEquals("lost", state())
    }

    @Test
    fun `a use that waits too long is pruned for others`() {
        gate()
        val mac = begin()
        ask(mac)
        repeat(TEE_SLOTS) { begin() }
        val error = assertThrows(ProviderException::class.java) { mac.doFinal(MESSAGE) }
        assertTrue(error.cause is KeyStoreException)
    }

    private fun gate(
        kinds: Int = AUTH_BIOMETRIC_STRONG,
        invalidate: Boolean = true,
    ): SecretKey {
        val specification =
            KeyGenParameterSpec
                .Builder(ALIAS, PURPOSE_SIGN)
                .setUserAuthenticationRequired(true)
                .setUserAuthenticationParameters(0, kinds)
                .setInvalidatedByBiometricEnrollment(invalidate)
                .build()
        return KeyGenerator.getInstance("HmacSHA256", PROVIDER).apply { init(specification) }.generateKey()
    }

    private fun begin(): Mac = Mac.getInstance("HmacSHA256", "AndroidKeyStoreBCWorkaround").apply { init(key()) }

    private fun state(): String =
        when {
            key() == null -> "absent"
            else ->
                try {
                    begin()
                    "works"
                } catch (_: KeyPermanentlyInvalidatedException) {
                    "lost"
                }
        }

    private fun ask(
        mac: Mac,
        authenticators: Int = BIOMETRIC_STRONG,
        signal: CancellationSignal = CancellationSignal(),
    ) {
        val direct = Executor { it.run() }
        val builder =
            BiometricPrompt
                .Builder(RuntimeEnvironment.getApplication())
                .setTitle("title")
                .setAllowedAuthenticators(authenticators)
        if (authenticators and DEVICE_CREDENTIAL == 0) builder.setNegativeButton("no", direct) { _, _ -> seen += "negative" }
        builder.build().authenticate(BiometricPrompt.CryptoObject(mac), signal, direct, Recorder())
    }

    private fun assertNotAuthenticated(mac: Mac) {
        val error = assertThrows(ProviderException::class.java) { mac.doFinal(MESSAGE) }
        assertEquals(KEY_USER_NOT_AUTHENTICATED, (error.cause as KeyStoreException).errorCode)
    }

    private inner class Recorder : BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationError(
            code: Int,
            text: CharSequence?,
        ) {
            seen += "error $code"
        }

        override fun onAuthenticationFailed() {
            seen += "failed"
        }

        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) {
            seen += "ok ${result.authenticationType}"
        }
    }

    private companion object {
        val MESSAGE = "message".toByteArray()
        const val KEY_USER_NOT_AUTHENTICATED = -26
        const val TEE_SLOTS = 15
    }
}
