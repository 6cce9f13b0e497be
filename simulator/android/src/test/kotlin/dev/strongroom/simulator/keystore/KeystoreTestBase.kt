package dev.strongroom.simulator.keystore

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties.BLOCK_MODE_GCM
import android.security.keystore.KeyProperties.ENCRYPTION_PADDING_NONE
import android.security.keystore.KeyProperties.PURPOSE_DECRYPT
import android.security.keystore.KeyProperties.PURPOSE_ENCRYPT
import org.json.JSONObject
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.ConscryptMode
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory
import javax.crypto.spec.GCMParameterSpec

/** A new Keystore for each test, and the calls that an app makes. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE)
@ConscryptMode(ConscryptMode.Mode.OFF)
abstract class KeystoreTestBase {
    @get:Rule
    val directory = TemporaryFolder()

    @Before
    fun install() = KeystoreControl.install(directory.root.toPath())

    @After
    fun letGo() {
        command("clearFaults")
    }

    internal class Sealed(
        val iv: ByteArray,
        val bytes: ByteArray,
    )

    protected fun command(
        name: String,
        vararg args: Pair<String, Any>,
    ): Any? = KeystoreControl.command("keystore.$name", JSONObject(args.toMap()))

    protected fun count(name: String) = (command("counts") as JSONObject).getInt(name)

    protected fun keyStore(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

    protected fun aliases(): List<String> = keyStore().aliases().toList()

    protected fun key(): SecretKey? = keyStore().getKey(ALIAS, null) as SecretKey?

    protected fun generate(change: KeyGenParameterSpec.Builder.() -> Unit = {}): SecretKey {
        val specification =
            KeyGenParameterSpec
                .Builder(ALIAS, PURPOSE_ENCRYPT or PURPOSE_DECRYPT)
                .setKeySize(256)
                .setBlockModes(BLOCK_MODE_GCM)
                .setEncryptionPaddings(ENCRYPTION_PADDING_NONE)
                .apply(change)
                .build()
        return KeyGenerator.getInstance("AES", PROVIDER).apply { init(specification) }.generateKey()
    }

    internal fun encrypt(
        key: SecretKey?,
        aad: ByteArray = AAD,
    ): Sealed {
        val cipher = Cipher.getInstance(TRANSFORMATION).apply { init(Cipher.ENCRYPT_MODE, key) }
        cipher.updateAAD(aad)
        return Sealed(cipher.iv, cipher.doFinal(PLAIN))
    }

    internal fun decrypt(
        key: SecretKey?,
        sealed: Sealed,
        aad: ByteArray = AAD,
    ): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed.iv))
        cipher.updateAAD(aad)
        return cipher.doFinal(sealed.bytes)
    }

    protected fun info(key: SecretKey?): KeyInfo =
        SecretKeyFactory.getInstance("AES", PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo

    protected companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val ALIAS = "alias of the test"
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val TAG_BITS = 128
        val PLAIN = ByteArray(32) { it.toByte() }
        val AAD = "associated".toByteArray()
    }
}
