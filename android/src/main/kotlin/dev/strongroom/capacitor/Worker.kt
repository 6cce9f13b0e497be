package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall

/**
 * Runs calls outside of Capacitor's thread for all plugins, because a Keystore operation can take seconds. Calls on one
 * store run one after the other, in their order. No store waits for another.
 *
 * Every exception of a call becomes a rejection. Capacitor would rethrow it, and the app would crash.
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

    /** Waiting calls still run; later ones reject. */
    fun shutdown() = queues.shutdown(storage::close)

    /** Chooses the queue. Rust reads the option again, and refuses one that is not a text. */
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
        /** The same as in Rust. */
        const val DEFAULT_STORE = "default"

        /** Not the name of a store. For methods that use none. */
        const val NO_STORE = ""
        val WITHOUT_STORE = setOf("getPlatform")
    }
}
