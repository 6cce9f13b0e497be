package dev.strongroom.capacitor

import android.content.Context

internal object NativeLibrary {
    private var ready = false

    /**
     * JNA maps the library without running its JNI entry points, so [System.loadLibrary] comes before any class of the
     * generated bindings.
     */
    @Synchronized
    fun ensureLoaded(context: Context) {
        if (ready) return
        System.loadLibrary("strongroom")
        initialize(context.applicationContext)
        ready = true
    }

    @JvmStatic
    private external fun initialize(context: Context)
}
