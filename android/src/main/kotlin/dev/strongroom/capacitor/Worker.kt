package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall

/**
 * Runs calls away from the thread that Capacitor has for the methods of all plugins: a Keystore operation may take
 * seconds. Calls on one store run one after the other, in their order; no store waits for another.
 *
 * Whatever a call throws becomes a rejection. Capacitor would rethrow it and take the app down.
 */
internal class Worker(
    private val storage: Storage,
) {
    private val queues = StoreQueues()

    fun forward(call: PluginCall) =
        answering(call) {
            queues.execute(storeOf(call)) {
                answering(call) { call.resolve(JSObject(storage.handle(call.methodName, jsonText(call.data)))) }
            }
        }

    /** Calls that wait already are still answered; later ones are rejected. */
    fun shutdown() = queues.shutdown(storage::close)

    /** Only the queue is chosen here. Rust reads the option again, and refuses one that is no text. */
    private fun storeOf(call: PluginCall): String =
        if (call.methodName in WITHOUT_STORE) NO_STORE else call.data.opt("store") as? String ?: DEFAULT_STORE

    private inline fun answering(
        call: PluginCall,
        action: () -> Unit,
    ) {
        try {
            action()
        } catch (failure: Throwable) {
            rejectionOf(failure).send(call)
        }
    }

    private companion object {
        /** As in Rust. */
        const val DEFAULT_STORE = "default"

        /** The name of no store, for methods that use none. */
        const val NO_STORE = ""
        val WITHOUT_STORE = setOf("getPlatform")
    }
}
