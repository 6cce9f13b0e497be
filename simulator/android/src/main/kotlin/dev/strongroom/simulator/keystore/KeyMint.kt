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

/** The hardware of one security level: makes AES keys and runs AES-GCM with them, with few operation slots. */
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
        service.counters.count(if (purpose == KeyPurpose.ENCRYPT) Counters.ENCRYPT else Counters.DECRYPT)
        val key = service.find(descriptor)
        service.faults.strike(Event(Moment.BEGIN, key.alias, level, purpose))
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
    }
}

/** Running operations. When all slots are taken, the oldest is pruned, and its owner notices later. */
private class OperationSlots(
    private val size: Int,
) {
    private val running = ArrayDeque<GcmOperation>()

    /** Returns the number of running operations. */
    @Synchronized
    fun add(operation: GcmOperation): Int {
        running.removeAll { it.ended }
        if (running.size == size) running.removeFirst().abort()
        running.addLast(operation)
        return running.size
    }
}
