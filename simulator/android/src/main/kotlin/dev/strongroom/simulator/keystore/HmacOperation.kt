package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.Digest
import android.hardware.security.keymint.ErrorCode
import android.hardware.security.keymint.Tag
import android.system.keystore2.IKeystoreOperation
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

/** One HMAC-SHA256 operation. If its key asks the user, the token of [challenge] has to come before the end. */
internal class HmacOperation private constructor(
    private val mac: Mac,
    private val challenge: Long?,
    private val onFinish: () -> Boolean,
) : IKeystoreOperation.Stub(),
    RunningOperation {
    @Volatile
    override var ended = false
        private set

    override fun updateAad(aad: ByteArray) = throw answer(ErrorCode.INVALID_TAG)

    @Synchronized
    override fun update(input: ByteArray): ByteArray? {
        checkAllowed()
        mac.update(input)
        return null
    }

    @Synchronized
    override fun finish(
        input: ByteArray?,
        signature: ByteArray?,
    ): ByteArray {
        checkAllowed()
        ended = true
        val altered = onFinish()
        val output = mac.doFinal(input ?: ByteArray(0))
        if (altered) output[0] = (output[0] + 1).toByte()
        return output
    }

    @Synchronized
    override fun abort() {
        ended = true
    }

    override fun getInterfaceVersion() = VERSION

    override fun getInterfaceHash(): String = HASH

    private fun checkAllowed() {
        if (ended) throw answer(ErrorCode.INVALID_OPERATION_HANDLE)
        if (challenge != null && !ScriptedUser.hasAuthorised(challenge)) throw answer(ErrorCode.KEY_USER_NOT_AUTHENTICATED)
    }

    companion object {
        /** Checks that the key allows the request, and starts. */
        fun begin(
            key: StoredKey,
            request: Parameters,
            challenge: Long?,
            onFinish: () -> Boolean,
        ): HmacOperation {
            key.allow(request)
            if (request.int(Tag.DIGEST) != Digest.SHA_2_256) throw answer(ErrorCode.UNSUPPORTED_DIGEST)
            val mac = Mac.getInstance("HmacSHA256", "SunJCE")
            mac.init(SecretKeySpec(key.material, "HmacSHA256"))
            return HmacOperation(mac, challenge, onFinish)
        }
    }
}
