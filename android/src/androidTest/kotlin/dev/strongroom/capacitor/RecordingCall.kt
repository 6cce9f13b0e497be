package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** A call that records its answer: the result, or the rejection. */
internal class RecordingCall(
    method: String,
    options: JSObject = JSObject(),
) : PluginCall(null, "SecureStorage", "1", method, options) {
    private val answer = CompletableFuture<Any>()

    val isAnswered get() = answer.isDone
    val result get() = awaitAnswer() as JSObject
    val rejection get() = awaitAnswer() as Rejection

    override fun resolve(data: JSObject) {
        check(answer.complete(data)) { "Answered twice" }
    }

    override fun reject(
        msg: String,
        code: String?,
        ex: Exception?,
        data: JSObject,
    ) {
        check(answer.complete(Rejection(code.toString(), msg, data.getBoolean("retryable")))) { "Answered twice" }
    }

    private fun awaitAnswer(): Any = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)

    private companion object {
        const val PATIENCE_SECONDS = 20L
    }
}
