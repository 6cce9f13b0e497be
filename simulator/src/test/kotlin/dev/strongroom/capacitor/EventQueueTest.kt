package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import org.json.JSONException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.util.concurrent.ArrayBlockingQueue
import java.util.concurrent.CountDownLatch
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit

@RunWith(RobolectricTestRunner::class)
class EventQueueTest {
    private val delivered = ArrayBlockingQueue<Triple<String, JSObject, Thread>>(8)
    private val held = CountDownLatch(1)
    private val events =
        EventQueue { name, data ->
            held.await()
            delivered.add(Triple(name, data, Thread.currentThread()))
        }

    @Test
    fun theSenderDoesNotWaitForTheListener() {
        events.onEvent("expired", """{"store": "default", "key": "a"}""")
        events.onEvent("storeReset", """{"store": "default"}""")
        assertEquals(0, delivered.size)
        held.countDown()
        val (name, data, thread) = next()
        assertEquals("expired", name)
        assertEquals("a", data.getString("key"))
        assertNotEquals(Thread.currentThread(), thread)
        assertEquals("storeReset", next().first)
    }

    @Test
    fun whatCannotBeDeliveredIsReportedToTheSender() {
        assertThrows(JSONException::class.java) { events.onEvent("expired", "no JSON") }
        events.close()
        assertThrows(RejectedExecutionException::class.java) { events.onEvent("expired", "{}") }
    }

    private fun next() = checkNotNull(delivered.poll(20, TimeUnit.SECONDS)) { "Nothing was delivered" }
}
