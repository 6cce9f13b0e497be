package dev.strongroom.capacitor

import android.content.Context
import dev.strongroom.ffi.StorageException
import dev.strongroom.ffi.uniffiEnsureInitialized

internal object NativeLibrary {
    private var ready = false

    /**
     * JNA maps the library without running its JNI entry points, so [System.loadLibrary] runs before any class of the
     * generated bindings loads. The bindings then compare their checksums with those of the library before any other call.
     */
    @Synchronized
    fun ensureLoaded(context: Context) {
        if (ready) return
        try {
            System.loadLibrary("strongroom")
            uniffiEnsureInitialized()
            // While the application is being attached, there is no application context. The given one lives as long.
            initialize(context.applicationContext ?: context)
        } catch (_: LinkageError) {
            throw StorageException.Coded("NOT_INITIALISED", "The native library is missing or has another version: build again", false)
        }
        ready = true
    }

    /** The `Mac` of a use that has begun, for the system's prompt; null if it has ended. */
    @JvmStatic
    external fun borrow(ticket: Long): Any?

    @JvmStatic
    private external fun initialize(context: Context)
}
