package dev.strongroom.simulator.keystore

import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.security.InvalidAlgorithmParameterException
import java.security.InvalidKeyException
import java.util.Date
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.IllegalBlockSizeException
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/** Compares the simulated daemon with what an app can observe of a real one. */
class KeystoreProviderTest : KeystoreTestBase() {
    @Test
    fun aKeyOpensWhatItSealedAndNothingElse() {
        val sealed = encrypt(generate())
        assertArrayEquals(PLAIN, decrypt(key(), sealed))
        assertThrows(AEADBadTagException::class.java) { decrypt(key(), sealed, "other".toByteArray()) }
        sealed.bytes[3] = (sealed.bytes[3] + 1).toByte()
        assertThrows(AEADBadTagException::class.java) { decrypt(key(), sealed) }
    }

    @Test
    fun eachEncryptionHasItsOwnIvChosenByTheKeystore() {
        generate()
        val ivs = (1..50).map { encrypt(key()).iv.toList() }
        assertEquals(50, ivs.toSet().size)
        assertTrue(ivs.all { it.size == 12 })
    }

    @Test
    fun keysSurviveTheProcess() {
        val sealed = encrypt(generate())
        install()
        assertEquals(listOf(ALIAS), aliases())
        assertArrayEquals(PLAIN, decrypt(key(), sealed))
    }

    @Test
    fun keysCannotBeExported() {
        val key = generate()
        assertNull(key.encoded)
        assertNull(key.format)
    }

    @Test
    fun theCallerMayNotChooseTheIv() {
        val key = generate()
        val chosen = GCMParameterSpec(TAG_BITS, ByteArray(12))
        assertThrows(InvalidAlgorithmParameterException::class.java) {
            Cipher.getInstance(TRANSFORMATION).init(Cipher.ENCRYPT_MODE, key, chosen)
        }
        val lenient = generate { setRandomizedEncryptionRequired(false) }
        val cipher = Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.ENCRYPT_MODE, lenient, chosen) }
        assertArrayEquals(ByteArray(12), cipher.iv)
    }

    @Test
    fun aKeyAllowsOnlyTheUsesItWasMadeFor() {
        val cbc = generate { setBlockModes("CBC").setEncryptionPaddings("PKCS7Padding") }
        assertThrows(InvalidKeyException::class.java) { encrypt(cbc) }
        val expired = generate { setKeyValidityForOriginationEnd(Date(1_000)) }
        assertThrows(InvalidKeyException::class.java) { encrypt(expired) }
        val notYetValid = generate { setKeyValidityStart(Date(System.currentTimeMillis() + 100_000)) }
        assertThrows(InvalidKeyException::class.java) { encrypt(notYetValid) }
    }

    @Test
    fun anAuthenticationBoundKeyNeedsAnAuthentication() {
        // Android refuses to make such a key without a lock screen, so it is made unbound and then bound.
        generate()
        bindToAuthentication()
        assertThrows(UserNotAuthenticatedException::class.java) { encrypt(key()) }
    }

    @Test
    fun plainKeysStayWithTheOtherProviders() {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, SecretKeySpec(ByteArray(32), "AES"))
        assertEquals("SunJCE", cipher.provider.name)
    }

    @Test
    fun generatingReplacesAnExistingKey() {
        val sealed = encrypt(generate())
        generate()
        assertEquals(listOf(ALIAS), aliases())
        assertThrows(AEADBadTagException::class.java) { decrypt(key(), sealed) }
    }

    @Test
    fun anAbsentAliasIsNullAndDeletingItIsNoError() {
        assertNull(key())
        assertFalse(keyStore().containsAlias(ALIAS))
        keyStore().deleteEntry(ALIAS)
        generate()
        assertTrue(keyStore().containsAlias(ALIAS))
        keyStore().deleteEntry(ALIAS)
        assertNull(key())
    }

    @Test
    fun aDeletedKeyIsUselessToItsHolder() {
        val held = generate()
        keyStore().deleteEntry(ALIAS)
        assertThrows(InvalidKeyException::class.java) { encrypt(held) }
    }

    @Test
    fun aHiddenKeyComesBackTheSame() {
        val sealed = encrypt(generate())
        command("hideAlias", "alias" to ALIAS)
        assertNull(key())
        assertEquals(emptyList<String>(), aliases())
        command("restoreAlias", "alias" to ALIAS)
        assertArrayEquals(PLAIN, decrypt(key(), sealed))
    }

    @Test
    fun aSwappedKeyDoesNotFit() {
        val sealed = encrypt(generate())
        command("swapKey", "alias" to ALIAS)
        assertThrows(AEADBadTagException::class.java) { decrypt(key(), sealed) }
        assertArrayEquals(PLAIN, decrypt(key(), encrypt(key())))
    }

    @Test
    fun keyInfoSaysWhereAKeyIsAndWhatItAllows() {
        val info = info(generate())
        assertEquals(KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT, info.securityLevel)
        assertEquals(256, info.keySize)
        assertEquals(KeyProperties.ORIGIN_GENERATED, info.origin)
        assertEquals(listOf("GCM"), info.blockModes.toList())
        val strongBox = info(generate { setIsStrongBoxBacked(true) })
        assertEquals(KeyProperties.SECURITY_LEVEL_STRONGBOX, strongBox.securityLevel)
        command("fault", "fault" to "softwareKey")
        assertEquals(KeyProperties.SECURITY_LEVEL_SOFTWARE, info(generate()).securityLevel)
    }

    @Test
    fun moreOperationsThanSlotsPruneTheOldest() {
        generate()
        val ciphers =
            (1..16).map {
                Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.ENCRYPT_MODE, key()) }
            }
        val pruned = assertThrows(IllegalBlockSizeException::class.java) { ciphers.first().doFinal(PLAIN) }
        assertEquals("android.security.KeyStoreException", pruned.cause?.javaClass?.name)
        ciphers.drop(1).forEach { assertEquals(PLAIN.size + 16, it.doFinal(PLAIN).size) }
        assertEquals(15, count("peakOperations"))
    }

    @Test
    fun everyCallIsCounted() {
        val sealed = encrypt(generate())
        decrypt(key(), sealed)
        aliases()
        keyStore().deleteEntry(ALIAS)
        val counts = listOf("generate", "encrypt", "decrypt", "operations", "delete", "peakOperations").map { count(it) }
        assertEquals(listOf(1, 1, 1, 2, 1, 1), counts)
        assertNotEquals(0, count("getKey"))
        assertNotEquals(0, count("aliases"))
        command("resetCounts")
        assertEquals(0, count("operations"))
    }

    /** Removes the mark from the stored key that exempts it from authentication. */
    private fun bindToAuthentication() {
        val file =
            directory.root
                .listFiles()
                .orEmpty()
                .single()
        val noAuthRequired = Regex("""\{"tag":1879048695,[^}]*},?""")
        file.writeText(file.readText().also { check(noAuthRequired.containsMatchIn(it)) }.replace(noAuthRequired, ""))
    }
}
