package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import dev.strongroom.ffi.EventListener
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors

/**
 * Takes events from inside a running storage operation and delivers them on a thread of its own, so that no listener
 * can hold the storage up or call back into it.
 */
internal class EventQueue(
    private val deliver: (name: String, data: JSObject) -> Unit,
) : EventListener {
    private val executor: ExecutorService = Executors.newSingleThreadExecutor { Thread(it, "Strongroom events") }

    override fun onEvent(
        name: String,
        dataJson: String,
    ) {
        val data = JSObject(dataJson)
        executor.execute { deliver(name, data) }
    }

    fun close() = executor.shutdown()
}
