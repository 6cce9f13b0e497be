package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall
import dev.strongroom.ffi.StorageException
import java.util.concurrent.RejectedExecutionException

/** What the page is told of a failed call. */
internal data class Rejection(
    val code: String,
    val message: String,
    val retryable: Boolean,
) {
    fun send(call: PluginCall) = call.reject(message, code, JSObject().put("retryable", retryable))
}

/** The text of an unforeseen exception may hold user data, so it is left out. */
internal fun rejectionOf(failure: Throwable): Rejection =
    when (failure) {
        is StorageException.Coded -> Rejection(failure.code, failure.detail, failure.retryable)
        is LinkageError -> Rejection("NOT_INITIALISED", "The native library is missing or does not fit", false)
        is IllegalStateException -> Rejection("NOT_INITIALISED", "The native library could not be started", false)
        is RejectedExecutionException -> Rejection("NOT_INITIALISED", "The plugin has been destroyed", false)
        else -> Rejection("INTERNAL", "The plugin failed unexpectedly", false)
    }
