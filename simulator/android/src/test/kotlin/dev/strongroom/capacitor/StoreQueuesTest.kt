package dev.strongroom.capacitor

import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import java.util.concurrent.atomic.AtomicInteger

class StoreQueuesTest {
    private val queues = StoreQueues()
    private val held = CountDownLatch(1)

    @After
    fun letGo() {
        held.countDown()
        queues.shutdown {}
        awaitTrue("threads are left") { threads() == 0 }
    }

    @Test
    fun tasksOfOneStoreRunInTheirOrderAndNeverAtOnce() {
        val stores = List(40) { "store $it" }
        val seen = ConcurrentHashMap<String, MutableList<Int>>()
        val running = ConcurrentHashMap<String, AtomicInteger>()
        val together = AtomicBoolean()
        repeat(200) { number ->
            for (store in stores) {
                queues.execute(store) {
                    val others = running.getOrPut(store, ::AtomicInteger)
                    if (others.incrementAndGet() > 1) together.set(true)
                    seen.getOrPut(store, ::CopyOnWriteArrayList).add(number)
                    others.decrementAndGet()
                }
            }
        }
        awaitTrue("tasks are left") { seen.values.sumOf { it.size } == 200 * stores.size }
        assertFalse(together.get())
        assertEquals(stores.associateWith { List(200) { it } }, seen.toMap())
    }

    @Test
    fun aTaskThatHangsBlocksItsOwnStoreOnly() {
        val done = CopyOnWriteArrayList<String>()
        queues.execute("a") { held.await() }
        queues.execute("a") { done += "a" }
        repeat(3) { queues.execute("b") { done += "b" } }
        awaitTrue("b waits for a") { done.size == 3 }
        held.countDown()
        awaitTrue("a does not go on") { done.toList() == listOf("b", "b", "b", "a") }
    }

    @Test
    fun moreStoresThanThreadsAreAllServed() {
        val done = AtomicInteger()
        repeat(100) {
            queues.execute("store $it") {
                held.await()
                done.incrementAndGet()
            }
        }
        assertTrue("${threads()} threads", threads() <= 16)
        held.countDown()
        awaitTrue("a store is forgotten") { done.get() == 100 }
    }

    @Test
    fun consecutiveCallsShareAThread() {
        val used = ConcurrentHashMap.newKeySet<Thread>()
        repeat(100) {
            val done = CountDownLatch(1)
            queues.execute("a") {
                used += Thread.currentThread()
                done.countDown()
            }
            assertTrue(done.await(PATIENCE_S, TimeUnit.SECONDS))
            Thread.sleep(1)
        }
        assertTrue("${used.size} threads", used.size < 5)
    }

    @Test
    fun idleThreadsEnd() {
        repeat(8) { queues.execute("store $it") {} }
        awaitTrue("idle threads stay") { threads() == 0 }
        val done = CountDownLatch(1)
        queues.execute("a", done::countDown)
        assertTrue(done.await(PATIENCE_S, TimeUnit.SECONDS))
    }

    @Test
    fun waitingTasksRunAtShutdownAndTheLastTaskRunsOnceAfterThem() {
        val done = CopyOnWriteArrayList<String>()
        for (store in listOf("a", "b")) {
            queues.execute(store) { held.await() }
            queues.execute(store) { done += store }
        }
        repeat(2) { queues.shutdown { done += "last" } }
        assertThrows(RejectedExecutionException::class.java) { queues.execute("a") { done += "late" } }
        assertThrows(RejectedExecutionException::class.java) { queues.execute("c") { done += "late" } }
        held.countDown()
        awaitTrue("the last task did not run") { "last" in done }
        awaitTrue("threads are left") { threads() == 0 }
        assertEquals(setOf("a", "b"), done.take(2).toSet())
        assertEquals("last", done.drop(2).single())
    }

    @Test
    fun aTaskThatThrowsDoesNotStopItsStore() {
        val done = CountDownLatch(1)
        val usual = Thread.getDefaultUncaughtExceptionHandler()
        Thread.setDefaultUncaughtExceptionHandler { _, _ -> }
        try {
            queues.execute("a") {
                held.await()
                error("on purpose")
            }
            queues.execute("a", done::countDown)
            held.countDown()
            assertTrue(done.await(PATIENCE_S, TimeUnit.SECONDS))
            val again = CountDownLatch(1)
            queues.execute("a", again::countDown)
            assertTrue(again.await(PATIENCE_S, TimeUnit.SECONDS))
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(usual)
        }
    }

    private fun threads() = Thread.getAllStackTraces().keys.count { it.name == "Strongroom" && it.isAlive }

    private fun awaitTrue(
        otherwise: String,
        condition: () -> Boolean,
    ) {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S)
        while (!condition()) {
            assertTrue(otherwise, System.nanoTime() < end)
            Thread.sleep(5)
        }
    }

    private companion object {
        const val PATIENCE_S = 30L
    }
}
