package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

/** Calls as the plugin gets them from Capacitor, with the JSON of the device. */
class PluginDeviceTest : DeviceTestBase() {
    private val events = EventQueue(later = Runnable::run) { _, _ -> }
    private val worker =
        Worker(Storage({ context }, { bridgeConfiguration(plugin = JSONObject(), bridgeLogging = false) }, events))

    @After
    fun shutDown() {
        forward("clear").result
        worker.shutdown()
    }

    @Test
    fun aValueOfThePageComesBack() {
        assertTrue(forward("set", "key" to "🔑", "value" to "vier 🔑").result.getBoolean("value"))
        assertEquals("vier 🔑", forward("get", "key" to "🔑").result.getString("value"))
        assertEquals("""["🔑"]""", forward("keys").result.getJSONArray("value").toString())
    }

    @Test
    fun callsThatComeAtOnceAreAnsweredInTheirOrder() {
        val writes = List(100) { forward("set", "key" to "k", "value" to "$it") }
        assertEquals("99", forward("get", "key" to "k").result.getString("value"))
        assertTrue(writes.all { it.isAnswered })
    }

    @Test
    fun callsOnManyStoresAreAllAnswered() {
        val stores = List(20) { "plugin-test-$it" }
        val writes = stores.map { forward("set", "key" to "k", "value" to it, "store" to it) }
        val reads = stores.map { forward("get", "key" to "k", "store" to it) }
        assertEquals(stores, reads.map { it.result.getString("value") })
        assertTrue(writes.all { it.isAnswered })
        stores.forEach { forward("clear", "store" to it).result }
    }

    @Test
    fun aRejectionHasItsCode() {
        val absent = Rejection("NOT_FOUND", "Item with given key does not exist", retryable = false)
        assertEquals(absent, forward("get", "key" to "absent").rejection)
        assertEquals("INVALID_ARGUMENT", forward("get").rejection.code)
        assertEquals("INVALID_ARGUMENT", forward("set", "key" to "\ud83d", "value" to "").rejection.code)
        assertFalse(forward("has", "key" to "absent").result.getBoolean("value"))
    }

    private fun forward(
        method: String,
        vararg options: Pair<String, String>,
    ): RecordingCall {
        val data = JSObject().put("store", "plugin-test")
        options.forEach { (name, value) -> data.put(name, value) }
        return RecordingCall(method, data).also(worker::forward)
    }
}
