package dev.strongroom.capacitor

import com.getcapacitor.Plugin
import com.getcapacitor.PluginCall
import com.getcapacitor.PluginMethod
import com.getcapacitor.annotation.CapacitorPlugin

@CapacitorPlugin(name = "SecureStorage")
class StrongroomPlugin : Plugin() {
    private val events = EventQueue(later = ::execute) { name, data -> notifyListeners(name, data) }
    private val storage = Storage(context = { context }, configuration = ::configuration, events = events)
    private val worker = Worker(storage)

    @PluginMethod
    fun get(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun getMany(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun getOrCreate(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun set(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun setMany(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun compareAndSet(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun remove(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun removeMany(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun clear(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun keys(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun has(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun getPlatform(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun getStatus(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun reset(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun recover(call: PluginCall) = worker.forward(call)

    @PluginMethod
    fun rotateKeys(call: PluginCall) = worker.forward(call)

    /**
     * Capacitor calls this on the main thread when a page starts. Only the thread for plugins may use the listeners. A
     * listener of the new page is added after this task, so it stays.
     */
    override fun removeAllListeners() = execute { super.removeAllListeners() }

    override fun handleOnDestroy() = worker.shutdown()

    private fun configuration() = bridgeConfiguration(plugin = config.configJSON, bridgeLogging = bridge.config.isLoggingEnabled)
}
