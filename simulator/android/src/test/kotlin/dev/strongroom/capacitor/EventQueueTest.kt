package dev.strongroom.capacitor

import com.getcapacitor.JSObject
import org.json.JSONException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class EventQueueTest {
    private val waiting = ArrayDeque<Runnable>()
    private val delivered = mutableListOf<Pair<String, JSObject>>()
    private var failure: Throwable? = null
    private val events =
        EventQueue(waiting::addLast) { name, data ->
            failure?.let { throw it }
            delivered += name to data
        }

    @Test
    fun theSenderDoesNotWaitForTheListener() {
        events.onEvent("expired", """{"store": "default", "key": "a"}""")
        events.onEvent("storeReset", """{"store": "default"}""")
        assertEquals(0, delivered.size)
        waiting.forEach(Runnable::run)
        assertEquals(listOf("expired", "storeReset"), delivered.map { it.first })
        assertEquals("a", delivered.first().second.getString("key"))
    }

    @Test
    fun aListenerThatFailsStopsNothing() {
        for (thrown in listOf(NullPointerException(), JSONException(""), StackOverflowError())) {
            failure = thrown
            events.onEvent("expired", "{}")
            waiting.removeFirst().run()
        }
        failure = null
        events.onEvent("expired", "{}")
        waiting.removeFirst().run()
        assertEquals(1, delivered.size)
    }

    @Test
    fun anUnreadableEventIsReportedToTheSender() {
        assertThrows(JSONException::class.java) { events.onEvent("expired", "no JSON") }
        assertEquals(0, waiting.size)
    }
}
