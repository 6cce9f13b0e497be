package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import dev.strongroom.ffi.EventListener

/**
 * Receives events during a storage operation and delivers them later, so that a listener can neither delay the operation
 * nor call back into it.
 *
 * [later] runs a task on Capacitor's thread for plugins. Only this thread uses the list of listeners, which has no lock.
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

    /** An exception on Capacitor's thread would end the app, so this drops the event. */
    private fun deliverOrDrop(
        name: String,
        data: JSObject,
    ) {
        try {
            deliver(name, data)
        } catch (_: Throwable) {
            // The text of the exception may contain user data, so it is not logged.
        }
    }
}
