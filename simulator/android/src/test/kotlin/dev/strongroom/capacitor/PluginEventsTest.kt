package dev.strongroom.capacitor

import android.os.Handler
import android.os.HandlerThread
import androidx.appcompat.app.AppCompatActivity
import com.getcapacitor.Bridge
import com.getcapacitor.JSObject
import com.getcapacitor.Plugin
import com.getcapacitor.PluginCall
import com.getcapacitor.PluginHandle
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import sun.misc.Unsafe
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Semaphore
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/**
 * Events and listeners of the plugin, with Capacitor's own classes for plugins and calls and its own thread. Listeners change
 * on that thread, a page that starts drops them on the main thread, and events come from any thread.
 */
@RunWith(RobolectricTestRunner::class)
class PluginEventsTest {
    private val pluginThread = HandlerThread("CapacitorPlugins").apply { start() }
    private val plugin = StrongroomPlugin()
    private val bridge = bridge()
    private val failures = ConcurrentHashMap<String, AtomicInteger>()
    private val events = countingFailures()

    @After
    fun quit() {
        pluginThread.quit()
    }

    @Test
    fun eventsAndListenersNeverMeetOnTwoThreads() {
        val heard = Listener("stays")
        val sent = AtomicInteger()
        val end = System.nanoTime() + LOAD_NS
        val room = Semaphore(QUEUE)
        val senders =
            List(2) {
                thread {
                    while (System.nanoTime() < end) {
                        room.acquire(BATCH)
                        repeat(BATCH) { events.onEvent("expired", """{"store": "default"}""") }
                        sent.addAndGet(BATCH)
                        bridge.execute { room.release(BATCH) }
                    }
                }
            }
        var turn = 0
        while (System.nanoTime() < end) {
            val passing = List(8) { Listener("passes-${turn++}") }
            if (turn % 400 == 0) bridge.reset()
            (passing + heard).forEach { call("addListener", it) }
            passing.forEach { call("removeListener", it) }
            onPluginThread {}
        }
        senders.forEach { it.join() }
        onPluginThread {}
        assertTrue("${sent.get()} events", sent.get() > 10_000)
        assertTrue("${heard.count.get()} heard", heard.count.get() > 0)
        assertEquals("of ${sent.get()} events", "{}", failures.toString())
    }

    @Test
    fun listenersAreCalledOnTheThreadThatAddsThem() {
        val listener = Listener("stays")
        call("addListener", listener)
        events.onEvent("expired", "{}")
        onPluginThread {}
        assertEquals(setOf<Thread>(pluginThread), listener.threads)
    }

    @Test
    fun aNewPageDropsTheListenersOfTheOldOneAndKeepsItsOwn() {
        val old = Listener("old")
        val new = Listener("new")
        val held = CountDownLatch(1)
        call("addListener", old)
        onPluginThread {}
        bridge.execute { held.await() }
        bridge.reset()
        call("addListener", new)
        held.countDown()
        events.onEvent("expired", "{}")
        onPluginThread {}
        assertEquals(0, old.count.get())
        assertEquals(1, new.count.get())
    }

    @Test
    fun anEventAfterTheEndOfTheAppIsDropped() {
        pluginThread.quit()
        pluginThread.join()
        events.onEvent("expired", "{}")
    }

    /** A listener of the page. */
    private class Listener(
        id: String,
    ) : PluginCall(
            null,
            "SecureStorage",
            id,
            "addListener",
            JSObject().put("eventName", "expired").put("callbackId", id),
        ) {
        val count = AtomicInteger()
        val threads: MutableSet<Thread> = ConcurrentHashMap.newKeySet()

        override fun resolve(data: JSObject) {
            count.incrementAndGet()
            threads += Thread.currentThread()
        }
    }

    private fun call(
        method: String,
        listener: PluginCall,
    ) = bridge.callPluginMethod("SecureStorage", method, listener)

    /** Waits until everything that the thread had to do has run. */
    private fun onPluginThread(step: () -> Unit) {
        val done = CountDownLatch(1)
        bridge.execute {
            step()
            done.countDown()
        }
        assertTrue(done.await(30, TimeUnit.SECONDS))
    }

    /** Capacitor's bridge without an activity and a page, which its constructor requires. */
    private fun bridge(): Bridge {
        val unsafe =
            Unsafe::class.java
                .getDeclaredField("theUnsafe")
                .apply { isAccessible = true }
                .get(null) as Unsafe
        val bridge = unsafe.allocateInstance(Bridge::class.java) as Bridge
        bridge.put("context", unsafe.allocateInstance(AppCompatActivity::class.java))
        bridge.put("taskHandler", Handler(pluginThread.looper))
        bridge.put("savedCalls", HashMap<String, PluginCall>())
        bridge.put("plugins", mapOf("SecureStorage" to PluginHandle(bridge, plugin as Plugin)))
        return bridge
    }

    /** The plugin's own queue. Exceptions of a delivery are counted before anything can catch them. */
    private fun countingFailures(): EventQueue {
        val events =
            StrongroomPlugin::class.java
                .getDeclaredField("events")
                .apply { isAccessible = true }
                .get(plugin) as EventQueue
        val field = EventQueue::class.java.getDeclaredField("deliver").apply { isAccessible = true }

        @Suppress("UNCHECKED_CAST")
        val deliver = field.get(events) as (String, JSObject) -> Unit
        val counting = { name: String, data: JSObject ->
            try {
                deliver(name, data)
            } catch (failure: Throwable) {
                failures.getOrPut(failure.toString(), ::AtomicInteger).incrementAndGet()
            }
        }
        field.set(events, counting)
        return events
    }

    private fun Bridge.put(
        field: String,
        value: Any,
    ) = Bridge::class.java
        .getDeclaredField(field)
        .apply { isAccessible = true }
        .set(this, value)

    private companion object {
        const val LOAD_NS = 2_000_000_000L
        const val QUEUE = 4_096
        const val BATCH = 64
    }
}
