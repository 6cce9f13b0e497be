package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.BlockMode
import android.hardware.security.keymint.ErrorCode
import android.hardware.security.keymint.KeyPurpose
import android.hardware.security.keymint.PaddingMode
import android.hardware.security.keymint.Tag
import android.system.keystore2.IKeystoreOperation
import java.security.SecureRandom
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.spec.GCMParameterSpec
import javax.crypto.spec.SecretKeySpec

/** One AES-GCM operation, from begin to finish or abort. */
internal class GcmOperation private constructor(
    private val cipher: Cipher,
    private val onFinish: (hasAad: Boolean) -> Boolean,
) : IKeystoreOperation.Stub(),
    RunningOperation {
    private var hasAad = false

    @Volatile
    override var ended = false
        private set

    val nonce: ByteArray get() = cipher.iv

    @Synchronized
    override fun updateAad(aad: ByteArray) {
        checkRunning()
        hasAad = hasAad || aad.isNotEmpty()
        cipher.updateAAD(aad)
    }

    @Synchronized
    override fun update(input: ByteArray): ByteArray? {
        checkRunning()
        return cipher.update(input)
    }

    @Synchronized
    override fun finish(
        input: ByteArray?,
        signature: ByteArray?,
    ): ByteArray {
        checkRunning()
        ended = true
        val altered = onFinish(hasAad)
        val output =
            try {
                cipher.doFinal(input ?: ByteArray(0))
            } catch (_: AEADBadTagException) {
                throw answer(ErrorCode.VERIFICATION_FAILED)
            }
        if (altered) output[0] = (output[0] + 1).toByte()
        return output
    }

    @Synchronized
    override fun abort() {
        ended = true
    }

    override fun getInterfaceVersion() = VERSION

    override fun getInterfaceHash(): String = HASH

    private fun checkRunning() {
        if (ended) throw answer(ErrorCode.INVALID_OPERATION_HANDLE)
    }

    companion object {
        private const val NONCE_BYTES = 12
        private const val BITS_PER_BYTE = 8

        /** Checks that the key allows the request, in KeyMint's order, and starts. */
        fun begin(
            key: StoredKey,
            request: Parameters,
            onFinish: (hasAad: Boolean) -> Boolean,
        ): GcmOperation {
            val purpose = request.int(Tag.PURPOSE)
            key.allow(request)
            if (request.int(Tag.BLOCK_MODE) != BlockMode.GCM) throw answer(ErrorCode.UNSUPPORTED_BLOCK_MODE)
            if (request.int(Tag.PADDING) != PaddingMode.NONE) throw answer(ErrorCode.UNSUPPORTED_PADDING_MODE)
            val tagBits = request.int(Tag.MAC_LENGTH) ?: throw answer(ErrorCode.MISSING_MAC_LENGTH)
            if (tagBits !in 96..128 || tagBits % BITS_PER_BYTE != 0) throw answer(ErrorCode.UNSUPPORTED_MAC_LENGTH)
            val nonce = nonce(request, purpose)
            val mode = if (purpose == KeyPurpose.ENCRYPT) Cipher.ENCRYPT_MODE else Cipher.DECRYPT_MODE
            val cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE")
            cipher.init(mode, SecretKeySpec(key.material, "AES"), GCMParameterSpec(tagBits, nonce))
            return GcmOperation(cipher, onFinish)
        }

        private fun nonce(
            request: Parameters,
            purpose: Int?,
        ): ByteArray {
            val given = request.blob(Tag.NONCE)
            return when {
                given != null && given.size != NONCE_BYTES -> throw answer(ErrorCode.INVALID_NONCE)
                given != null -> given
                purpose == KeyPurpose.ENCRYPT -> ByteArray(NONCE_BYTES).also { SecureRandom().nextBytes(it) }
                else -> throw answer(ErrorCode.MISSING_NONCE)
            }
        }
    }
}
