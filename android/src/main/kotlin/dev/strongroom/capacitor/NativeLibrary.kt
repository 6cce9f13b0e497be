package dev.strongroom.capacitor

import android.content.Context
import dev.strongroom.ffi.StorageException
import dev.strongroom.ffi.uniffiEnsureInitialized

internal object NativeLibrary {
    private var ready = false

    /**
     * JNA maps the library without running its JNI entry points, so [System.loadLibrary] comes before any class of the
     * generated bindings. Then they compare their checksums with those of the library, before anything of it is called.
     */
    @Synchronized
    fun ensureLoaded(context: Context) {
        if (ready) return
        try {
            System.loadLibrary("strongroom")
            uniffiEnsureInitialized()
            // There is no application yet while it is being attached. The context that attaches it lives as long.
            initialize(context.applicationContext ?: context)
        } catch (_: LinkageError) {
            throw StorageException.Coded("NOT_INITIALISED", "The native library is missing or does not fit", false)
        }
        ready = true
    }

    @JvmStatic
    private external fun initialize(context: Context)
}
