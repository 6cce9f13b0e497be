package dev.strongroom.capacitor

import android.app.Activity
import android.content.Context
import com.getcapacitor.CapConfig
import dev.strongroom.ffi.SecureStorage
import dev.strongroom.ffi.StorageException
import dev.strongroom.ffi.showPromptsOn

/** The stores, for the app's own native code: a background worker, a push service, a widget. */
object Strongroom {
    private var screen: ActivityScreen? = null

    /**
     * Shows the prompts of protected stores over [activity] while the user sees it. Call it in `onCreate`. Without it, or
     * while the activity is hidden, a call that would ask the user fails with `AUTH_REQUIRED`.
     */
    @JvmStatic
    @Synchronized
    @Throws(StorageException::class)
    fun showPromptsOver(activity: Activity) {
        if (screen?.isOf(activity) == true) return
        NativeLibrary.ensureLoaded(activity)
        screen?.leave()
        screen = ActivityScreen(activity).also { showPromptsOn(it.prompts) }
    }

    /**
     * Opens the store that JavaScript sees under the same name, with the app's Capacitor configuration. Any thread and any
     * process of the app may use it, except the main thread: calls wait for the disk, and the first one for the Keystore.
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
