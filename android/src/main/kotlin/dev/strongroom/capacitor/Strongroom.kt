package dev.strongroom.capacitor

import android.content.Context
import com.getcapacitor.CapConfig
import dev.strongroom.ffi.SecureStorage
import dev.strongroom.ffi.StorageException

/** The stores, for the app's own native code: a background worker, a push service, a widget. */
object Strongroom {
    /**
     * The very store that JavaScript sees under the same name, with the app's Capacitor configuration. It may be used by
     * any thread and any process of the app, but not by the main thread: calls wait for the disk, the first one also for the
     * Keystore.
     */
    @JvmStatic
    @JvmOverloads
    @Throws(StorageException::class)
    fun open(
        context: Context,
        store: String = "default",
    ): SecureStorage {
        NativeLibrary.ensureLoaded(context)
        val configuration = CapConfig.loadDefault(context).getPluginConfiguration("SecureStorage").configJSON
        return SecureStorage.open(store, jsonText(configuration))
    }
}
