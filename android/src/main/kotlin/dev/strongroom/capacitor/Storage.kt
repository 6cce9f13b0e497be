package dev.strongroom.capacitor

import android.content.Context
import dev.strongroom.ffi.Bridge
import java.util.concurrent.RejectedExecutionException

/** The Rust side, opened at first use. Any thread may use it, because Rust has a lock for each store. */
internal class Storage(
    private val context: () -> Context,
    private val configuration: () -> String,
    private val events: EventQueue,
) {
    private var bridge: Bridge? = null
    private var closed = false

    fun handle(
        method: String,
        options: String,
    ): String = opened().handle(method, options)

    @Synchronized
    fun close() {
        closed = true
        bridge?.close()
        bridge = null
    }

    /** After a failure, the next call tries again. After [close], it never opens again: nothing would close that bridge. */
    @Synchronized
    private fun opened(): Bridge {
        if (closed) throw RejectedExecutionException()
        bridge?.let { return it }
        NativeLibrary.ensureLoaded(context())
        return Bridge(configuration(), events).also { bridge = it }
    }
}
