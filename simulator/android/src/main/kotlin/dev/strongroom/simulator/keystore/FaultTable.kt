package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.ErrorCode
import android.hardware.security.keymint.KeyPurpose
import android.hardware.security.keymint.SecurityLevel
import android.os.DeadObjectException
import android.system.keystore2.ResponseCode
import dev.strongroom.simulator.keystore.Moment.BEGIN
import dev.strongroom.simulator.keystore.Moment.DELETE
import dev.strongroom.simulator.keystore.Moment.FINISH
import dev.strongroom.simulator.keystore.Moment.GENERATE
import dev.strongroom.simulator.keystore.Moment.GET_KEY
import dev.strongroom.simulator.keystore.Moment.LIST
import java.security.ProviderException

/** A failure that was seen in the field, and the calls that it can affect. */
internal class Fault(
    private val moment: Moment?,
    val effect: Effect,
    private val condition: (Event) -> Boolean = { true },
) {
    fun matches(event: Event) = (moment == null || moment == event.moment) && condition(event)
}

/** The comment behind each says what the app sees of it through Android's provider. */
internal val FAULTS: Map<String, Fault> =
    mapOf(
        // Looking a key up.
        "nullPointer" to Fault(GET_KEY, throwing { NullPointerException(it.quote()) }), // the same
        "getKeyProviderException" to Fault(GET_KEY, throwing { ProviderException(it.quote()) }), // the same
        "keyUnreadable" to Fault(GET_KEY, code(ResponseCode.SYSTEM_ERROR)), // UnrecoverableKeyException
        "keyValueCorrupted" to Fault(GET_KEY, code(ResponseCode.VALUE_CORRUPTED)), // UnrecoverableKeyException
        "invalidatedAtLoad" to Fault(GET_KEY, code(ResponseCode.KEY_PERMANENTLY_INVALIDATED)), // UnrecoverableKeyException
        "keyNotFound" to Fault(GET_KEY, code(ResponseCode.KEY_NOT_FOUND)), // null
        "daemonDied" to Fault(GET_KEY, throwing { DeadObjectException(it.quote()) }), // one retry, UnrecoverableKeyException
        "listFails" to Fault(LIST, code(ResponseCode.SYSTEM_ERROR)), // no aliases
        "deleteFails" to Fault(DELETE, code(ResponseCode.SYSTEM_ERROR)), // KeyStoreException
        // Making a key.
        "generateFails" to Fault(GENERATE, code(ErrorCode.UNKNOWN_ERROR)), // ProviderException
        "generateHangs" to Fault(GENERATE, Effect.Hang),
        "softwareKey" to Fault(GENERATE, Effect.Alter), // a key of SECURITY_LEVEL_SOFTWARE
        "strongBoxUnavailable" to Fault(GENERATE, code(ErrorCode.HARDWARE_TYPE_UNAVAILABLE), ::inStrongBox),
        "strongBoxFails" to Fault(GENERATE, code(ErrorCode.UNKNOWN_ERROR), ::inStrongBox), // ProviderException
        "strongBoxBroken" to
            Fault(FINISH, code(ErrorCode.UNKNOWN_ERROR)) { inStrongBox(it) && decrypts(it) }, // IllegalBlockSizeException
        // Beginning an operation.
        "invalidKeyBlob" to Fault(BEGIN, code(ErrorCode.INVALID_KEY_BLOB)), // InvalidKeyException
        "outOfMemory" to Fault(BEGIN, code(ErrorCode.MEMORY_ALLOCATION_FAILED)), // InvalidKeyException
        "outOfJavaMemory" to Fault(BEGIN, throwing { OutOfMemoryError(it.quote()) }), // the same
        "hardwareBusy" to Fault(BEGIN, code(ErrorCode.SECURE_HW_BUSY)), // InvalidKeyException
        "initProviderException" to Fault(BEGIN, throwing { DeadObjectException(it.quote()) }), // KeyStoreConnectException
        "backendBusy" to Fault(BEGIN, code(ResponseCode.BACKEND_BUSY)), // tried again for as long as it lasts
        "keyPermanentlyInvalidated" to
            Fault(BEGIN, code(ResponseCode.KEY_PERMANENTLY_INVALIDATED)), // KeyPermanentlyInvalidatedException
        "userNotAuthenticated" to
            Fault(BEGIN, code(ErrorCode.KEY_USER_NOT_AUTHENTICATED)), // UserNotAuthenticatedException
        "keystoreLocked" to Fault(BEGIN, code(ResponseCode.LOCKED)), // UserNotAuthenticatedException
        // Ending an operation.
        "operationPruned" to Fault(FINISH, code(ErrorCode.INVALID_OPERATION_HANDLE)), // IllegalBlockSizeException
        "operationBusy" to Fault(FINISH, code(ResponseCode.OPERATION_BUSY)), // IllegalThreadStateException
        "authTokenMissing" to Fault(FINISH, code(ErrorCode.KEY_USER_NOT_AUTHENTICATED)), // IllegalBlockSizeException
        "badTag" to Fault(FINISH, code(ErrorCode.VERIFICATION_FAILED), ::decrypts), // AEADBadTagException
        "emptyAadFails" to Fault(FINISH, code(ErrorCode.INVALID_ARGUMENT)) { !it.hasAad }, // BadPaddingException
        "wrongPlaintext" to Fault(FINISH, Effect.Alter, ::decrypts), // other bytes
        // At any time.
        "slow" to Fault(null, Effect.Delay),
        "hang" to Fault(null, Effect.Hang),
    )

private fun throwing(make: (Event) -> Throwable) = Effect.Throw(make)

private fun code(code: Int) = Effect.Throw { answer(code, it.quote()) }

private fun inStrongBox(event: Event) = event.level == SecurityLevel.STRONGBOX

private fun decrypts(event: Event) = event.purpose == KeyPurpose.DECRYPT

/** Messages of vendors quote aliases. So does this one, to let a test detect a leak. */
private fun Event.quote() = "$QUOTE $alias"

internal const val QUOTE = "The Keystore failed for alias"
