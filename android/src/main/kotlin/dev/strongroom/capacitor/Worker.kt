package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import com.getcapacitor.PluginCall
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/**
 * Runs calls one after the other on a thread of its own: Capacitor runs the methods of all plugins on one shared
 * thread, and a Keystore operation may take seconds.
 *
 * Whatever a call throws becomes a rejection. Capacitor would rethrow it and take the app down.
 */
internal class Worker(
    private val storage: Storage,
) {
    private val executor: ExecutorService = Executors.newSingleThreadExecutor { Thread(it, "Strongroom") }

    fun forward(call: PluginCall) =
        answering(call) {
            executor.execute {
                answering(call) { call.resolve(JSObject(storage.handle(call.methodName, jsonText(call.data)))) }
            }
        }

    /** Calls that wait already are still answered; later ones are rejected. */
    fun shutdown() {
        if (executor.isShutdown) return
        executor.execute(storage::close)
        executor.shutdown()
    }

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
}
