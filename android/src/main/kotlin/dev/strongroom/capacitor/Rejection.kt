package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall
import dev.strongroom.ffi.StorageException
import java.util.concurrent.RejectedExecutionException

/** The error of a failed call, as the page receives it. */
internal data class Rejection(
    val code: String,
    val message: String,
    val retryable: Boolean,
) {
    fun send(call: PluginCall) = call.reject(message, code, JSObject().put("retryable", retryable))
}

/** The text of an unexpected exception may contain user data, so it is left out. */
internal fun rejectionOf(failure: Throwable): Rejection =
    when (failure) {
        is StorageException.Coded -> Rejection(failure.code, failure.detail, failure.retryable)
        is LinkageError -> Rejection("NOT_INITIALISED", "The native library is missing or has another version: build again", false)
        is IllegalStateException -> Rejection("NOT_INITIALISED", "The native library could not start: build the app again", false)
        is RejectedExecutionException -> Rejection("NOT_INITIALISED", "The activity has ended: call again from the new page", false)
        else -> Rejection("INTERNAL", "The plugin failed unexpectedly", false)
    }
