package dev.strongroom.simulator.keystore

import com.getcapacitor.JSObject
import dev.strongroom.capacitor.EventQueue
import dev.strongroom.capacitor.RecordingCall
import dev.strongroom.capacitor.Storage
import dev.strongroom.capacitor.Worker
import dev.strongroom.capacitor.bridgeConfiguration
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test

/** Calls of the page on several stores, while the Keystore does not answer. */
class StackQueueTest : StackTestBase() {
    private val worker =
        Worker(
            Storage(
                { context },
                { bridgeConfiguration(plugin = JSONObject(), bridgeLogging = false) },
                EventQueue(later = Runnable::run) { _, _ -> },
            ),
        )

    @After
    fun shutDown() {
        command("clearFaults")
        worker.shutdown()
    }

    @Test
    fun aStoreWhoseKeystoreHangsBlocksNoOtherOpenStore() {
        val hanging = Process().apply { set("k", "a") }.store
        val open = Process().apply { set("k", "b") }.store
        assertEquals("b", forward("get", open).result.getString("value"))
        fault("hang")
        val waiting = forward("get", hanging)
        repeat(3) { assertEquals("b", forward("get", open).result.getString("value")) }
        assertEquals("android", RecordingCall("getPlatform", JSObject()).also(worker::forward).result.getString("value"))
        val odd = RecordingCall("get", JSObject().put("key", "k").put("store", 7)).also(worker::forward)
        assertEquals("INVALID_ARGUMENT", odd.rejection.code)
        assertFalse(waiting.isAnswered)
        command("clearFaults")
        assertEquals("a", waiting.result.getString("value"))
    }

    @Test
    fun callsOnOneStoreKeepTheirOrder() {
        val stores = List(20) { newStore() }
        val writes = (0 until 50).flatMap { number -> stores.map { forward("set", it, "value" to "$number") } }
        val reads = stores.map { forward("get", it) }
        assertEquals(List(20) { "49" }, reads.map { it.result.getString("value") })
        writes.forEach { it.result }
        stores.forEach { forward("clear", it).result }
    }

    private fun forward(
        method: String,
        store: String,
        vararg options: Pair<String, Any>,
    ): RecordingCall {
        val data = JSObject().put("store", store)
        if (method in setOf("get", "set")) data.put("key", "k")
        options.forEach { (name, value) -> data.put(name, value) }
        return RecordingCall(method, data).also(worker::forward)
    }
}
