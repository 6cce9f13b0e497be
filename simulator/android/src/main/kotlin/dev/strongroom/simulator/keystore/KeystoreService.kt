package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.ErrorCode
import android.hardware.security.keymint.SecurityLevel
import android.os.ServiceSpecificException
import android.system.keystore2.Domain
import android.system.keystore2.IKeystoreSecurityLevel
import android.system.keystore2.IKeystoreService
import android.system.keystore2.KeyDescriptor
import android.system.keystore2.KeyEntryResponse
import android.system.keystore2.ResponseCode

/** The daemon's interface: finds, lists and deletes keys, and returns the hardware that makes and uses them. */
internal class KeystoreService(
    val keys: KeyFiles,
    val faults: Faults,
    val counters: Counters,
) : IKeystoreService.Stub() {
    private val levels =
        listOf(SecurityLevel.TRUSTED_ENVIRONMENT, SecurityLevel.STRONGBOX).associateWith { KeyMint(this, it) }

    override fun getSecurityLevel(level: Int): IKeystoreSecurityLevel = levels[level] ?: throw answer(ErrorCode.HARDWARE_TYPE_UNAVAILABLE)

    override fun getKeyEntry(descriptor: KeyDescriptor): KeyEntryResponse {
        counters.count(Counters.GET_KEY)
        faults.strike(Event(Moment.GET_KEY, descriptor.alias))
        val key = find(descriptor)
        return KeyEntryResponse().apply {
            iSecurityLevel = getSecurityLevel(key.madeBy)
            metadata = key.metadata()
        }
    }

    override fun listEntries(
        domain: Int,
        namespace: Long,
    ): Array<KeyDescriptor> = listEntriesBatched(domain, namespace, null)

    override fun listEntriesBatched(
        domain: Int,
        namespace: Long,
        startPastAlias: String?,
    ): Array<KeyDescriptor> {
        counters.count(Counters.ALIASES)
        faults.strike(Event(Moment.LIST))
        return keys
            .aliases()
            .filter { startPastAlias == null || it > startPastAlias }
            .map { appKey(it) }
            .toTypedArray()
    }

    override fun getNumberOfEntries(
        domain: Int,
        namespace: Long,
    ): Int = keys.aliases().size

    override fun deleteKey(descriptor: KeyDescriptor) {
        counters.count(Counters.DELETE)
        faults.strike(Event(Moment.DELETE, descriptor.alias))
        if (!keys.delete(find(descriptor).alias)) throw answer(ResponseCode.KEY_NOT_FOUND)
    }

    override fun updateSubcomponent(
        descriptor: KeyDescriptor,
        certificate: ByteArray?,
        chain: ByteArray?,
    ) = throw answer(ErrorCode.UNIMPLEMENTED)

    override fun grant(
        descriptor: KeyDescriptor,
        grantee: Int,
        access: Int,
    ) = throw answer(ErrorCode.UNIMPLEMENTED)

    override fun ungrant(
        descriptor: KeyDescriptor,
        grantee: Int,
    ) = throw answer(ErrorCode.UNIMPLEMENTED)

    override fun getInterfaceVersion() = VERSION

    override fun getInterfaceHash(): String = HASH

    /** The key with the app's alias, or the key that it has looked up before. */
    fun find(descriptor: KeyDescriptor): StoredKey =
        when (descriptor.domain) {
            Domain.APP -> keys.byAlias(descriptor.alias)
            Domain.KEY_ID -> keys.byId(descriptor.nspace)
            else -> throw answer(ResponseCode.PERMISSION_DENIED)
        } ?: throw answer(ResponseCode.KEY_NOT_FOUND)

    private fun appKey(name: String) =
        KeyDescriptor().apply {
            domain = Domain.APP
            alias = name
        }
}

/** The daemon's answer with a code of `ResponseCode` or, if negative, of KeyMint's `ErrorCode`. */
internal fun answer(
    code: Int,
    message: String? = null,
) = ServiceSpecificException(code, message)
