package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import dev.strongroom.ffi.EventListener

/**
 * Takes events from inside a running storage operation and has them delivered later, so that no listener can hold the
 * storage up or call back into it.
 *
 * [later] is Capacitor's thread for plugins: it alone reads and changes the list of listeners, which has no lock.
 */
internal class EventQueue(
    private val later: (task: Runnable) -> Unit,
    private val deliver: (name: String, data: JSObject) -> Unit,
) : EventListener {
    override fun onEvent(
        name: String,
        dataJson: String,
    ) {
        val data = JSObject(dataJson)
        later { deliverOrDrop(name, data) }
    }

    /** Whatever is thrown on Capacitor's thread ends the app. An event is not worth that. */
    private fun deliverOrDrop(
        name: String,
        data: JSObject,
    ) {
        try {
            deliver(name, data)
        } catch (_: Throwable) {
            // The text of the exception may hold user data, so it is not logged.
        }
    }
}
