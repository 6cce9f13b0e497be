package dev.strongroom.simulator

import android.os.Handler
import android.os.Looper
import com.getcapacitor.Plugin
import com.getcapacitor.PluginCall
import com.getcapacitor.PluginMethod
import com.getcapacitor.annotation.CapacitorPlugin

/** Another plugin in the same app. */
@CapacitorPlugin(name = "Misbehaving")
class MisbehavingPlugin : Plugin() {
    @PluginMethod
    fun answer(call: PluginCall) = call.resolve()

    @PluginMethod
    fun throwException(call: PluginCall): Unit = error("Thrown by ${call.methodName} on purpose")

    @PluginMethod
    fun throwOnMainThread(call: PluginCall) {
        Handler(Looper.getMainLooper()).post { error("Thrown by ${call.methodName} on purpose") }
    }
}
