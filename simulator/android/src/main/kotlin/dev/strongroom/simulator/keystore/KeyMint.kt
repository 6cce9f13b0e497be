package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.ErrorCode
import android.hardware.security.keymint.KeyParameter
import android.hardware.security.keymint.KeyParameterValue
import android.hardware.security.keymint.KeyPurpose
import android.hardware.security.keymint.SecurityLevel
import android.hardware.security.keymint.Tag
import android.system.keystore2.AuthenticatorSpec
import android.system.keystore2.CreateOperationResponse
import android.system.keystore2.IKeystoreSecurityLevel
import android.system.keystore2.KeyDescriptor
import android.system.keystore2.KeyMetadata
import android.system.keystore2.KeyParameters
import android.system.keystore2.OperationChallenge
import java.security.SecureRandom

/**
 * The hardware of one security level: makes keys, and runs AES-GCM and HMAC with them, with few operation slots. A key
 * that asks the user gets a challenge for each operation.
 */
internal class KeyMint(
    private val service: KeystoreService,
    private val level: Int,
) : IKeystoreSecurityLevel.Stub() {
    private val slots = OperationSlots(if (level == SecurityLevel.STRONGBOX) STRONGBOX_SLOTS else TEE_SLOTS)

    /** As on a phone, an existing key with the same alias is replaced silently. */
    override fun generateKey(
        descriptor: KeyDescriptor,
        attestationKey: KeyDescriptor?,
        parameters: Array<KeyParameter>,
        flags: Int,
        entropy: ByteArray,
    ): KeyMetadata {
        service.counters.count(Counters.GENERATE)
        val inSoftware = service.faults.strike(Event(Moment.GENERATE, descriptor.alias, level))
        val key =
            StoredKey.generate(
                alias = descriptor.alias,
                madeBy = level,
                level = if (inSoftware) SecurityLevel.SOFTWARE else level,
                parameters = Parameters(parameters),
            )
        service.keys.save(key)
        return key.metadata()
    }

    override fun createOperation(
        descriptor: KeyDescriptor,
        operationParameters: Array<KeyParameter>,
        forced: Boolean,
    ): CreateOperationResponse {
        val parameters = Parameters(operationParameters)
        val purpose = parameters.int(Tag.PURPOSE) ?: throw answer(ErrorCode.UNSUPPORTED_PURPOSE)
        service.counters.count(Counters.OPERATIONS)
        service.counters.count(COUNTED[purpose] ?: throw answer(ErrorCode.UNSUPPORTED_PURPOSE))
        val key = service.find(descriptor)
        service.faults.strike(Event(Moment.BEGIN, key.alias, level, purpose))
        return if (purpose == KeyPurpose.SIGN) sign(key, parameters) else encryptOrDecrypt(key, parameters, purpose)
    }

    private fun encryptOrDecrypt(
        key: StoredKey,
        parameters: Parameters,
        purpose: Int,
    ): CreateOperationResponse {
        val operation =
            GcmOperation.begin(key, parameters) { hasAad ->
                service.faults.strike(Event(Moment.FINISH, key.alias, level, purpose, hasAad))
            }
        service.counters.peak(slots.add(operation))
        return CreateOperationResponse().apply {
            iOperation = operation
            this.parameters = KeyParameters().apply { keyParameter = nonceOf(operation, purpose) }
        }
    }

    private fun sign(
        key: StoredKey,
        parameters: Parameters,
    ): CreateOperationResponse {
        val challenge = if (key.asksUser) SecureRandom().nextLong() else null
        val operation =
            HmacOperation.begin(key, parameters, challenge) {
                service.faults.strike(Event(Moment.FINISH, key.alias, level, KeyPurpose.SIGN))
            }
        service.counters.peak(slots.add(operation))
        return CreateOperationResponse().apply {
            iOperation = operation
            operationChallenge = challenge?.let { OperationChallenge().apply { this.challenge = it } }
            this.parameters = KeyParameters().apply { keyParameter = emptyArray() }
        }
    }

    override fun deleteKey(descriptor: KeyDescriptor) = service.deleteKey(descriptor)

    override fun importKey(
        descriptor: KeyDescriptor,
        attestationKey: KeyDescriptor?,
        parameters: Array<KeyParameter>,
        flags: Int,
        keyData: ByteArray,
    ) = throw answer(ErrorCode.UNIMPLEMENTED)

    override fun importWrappedKey(
        descriptor: KeyDescriptor,
        wrappingKey: KeyDescriptor,
        maskingKey: ByteArray?,
        parameters: Array<KeyParameter>,
        authenticators: Array<AuthenticatorSpec>,
    ) = throw answer(ErrorCode.UNIMPLEMENTED)

    override fun convertStorageKeyToEphemeral(descriptor: KeyDescriptor) = throw answer(ErrorCode.UNIMPLEMENTED)

    override fun getInterfaceVersion() = VERSION

    override fun getInterfaceHash(): String = HASH

    /** Encryption returns the nonce; decryption received it. */
    private fun nonceOf(
        operation: GcmOperation,
        purpose: Int,
    ): Array<KeyParameter> =
        if (purpose == KeyPurpose.ENCRYPT) {
            arrayOf(
                KeyParameter().apply {
                    tag = Tag.NONCE
                    value = KeyParameterValue.blob(operation.nonce)
                },
            )
        } else {
            emptyArray()
        }

    private companion object {
        const val TEE_SLOTS = 15
        const val STRONGBOX_SLOTS = 4
        val COUNTED =
            mapOf(
                KeyPurpose.ENCRYPT to Counters.ENCRYPT,
                KeyPurpose.DECRYPT to Counters.DECRYPT,
                KeyPurpose.SIGN to Counters.SIGN,
            )
    }
}

/** Running operations. When all slots are taken, the oldest is pruned, and its owner notices later. */
private class OperationSlots(
    private val size: Int,
) {
    private val running = ArrayDeque<RunningOperation>()

    /** Returns the number of running operations. */
    @Synchronized
    fun add(operation: RunningOperation): Int {
        running.removeAll { it.ended }
        if (running.size == size) running.removeFirst().abort()
        running.addLast(operation)
        return running.size
    }
}
