package dev.strongroom.capacitor

import android.content.Context
import dev.strongroom.ffi.Bridge

/** The Rust side, opened at first use. Only the worker's thread may touch it. */
internal class Storage(
    private val context: () -> Context,
    private val configuration: () -> String,
    private val events: EventQueue,
) {
    private var bridge: Bridge? = null

    fun handle(
        method: String,
        options: String,
    ): String = (bridge ?: open()).handle(method, options)

    fun close() {
        bridge?.close()
        bridge = null
        events.close()
    }

    /** A failure is not kept: the next call tries again. */
    private fun open(): Bridge {
        NativeLibrary.ensureLoaded(context())
        return Bridge(configuration(), events).also { bridge = it }
    }
}
