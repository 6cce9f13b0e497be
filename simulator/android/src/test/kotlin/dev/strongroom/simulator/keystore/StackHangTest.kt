package dev.strongroom.simulator.keystore

import dev.strongroom.ffi.StorageException
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.Callable
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.Future
import java.util.concurrent.TimeUnit.NANOSECONDS
import java.util.concurrent.TimeUnit.SECONDS

/** A Keystore call that does not end: its effect on others, and its result after its caller has given up. */
class StackHangTest : StackTestBase() {
    private val threads = Executors.newCachedThreadPool()

    @After
    fun endThreads() = threads.shutdown()

    @Test
    fun aStoreThatNeedsNoKeystoreContinuesWhileAnotherOneHangs() {
        val open = Process().apply { set("key", "value") }
        val (_, stuck) = hanging()
        val seconds =
            secondsOf {
                assertEquals("value", open.get("key"))
                open.set("key", "other")
                assertEquals("other", open.get("key"))
            }
        assertFalse(stuck.isDone)
        assertTrue("$seconds s", seconds < QUICK)
        command("clearFaults")
        assertEquals("value", stuck.get(PATIENCE, SECONDS))
    }

    @Test
    fun aCallThatNeedsTheKeystoreIsRefusedAtOnceWhileAnotherIsOverdue() {
        val closed = Process().apply { set("key", "closed") }.restarted()
        val files = closed.files()
        val (process, stuck) = hanging()
        assertRejected("UNAVAILABLE", retryable = true) { answer(stuck) }
        val seconds = secondsOf { assertRejected("UNAVAILABLE", retryable = true) { closed.get("key") } }
        assertTrue("$seconds s", seconds < QUICK)
        assertEquals(files, closed.files())
        command("clearFaults")
        assertEquals("closed", untilServed { closed.get("key") })
        assertEquals("value", process.get("key"))
    }

    @Test
    fun noKeyIsMadeForACallerThatHasGivenUp() {
        val process = Process()
        // The first call with the new alias checks that it is free.
        command("fault", "fault" to "hang", "alias" to process.aliasPrefix)
        assertRejected("UNAVAILABLE", retryable = true) { process.set("key", "value") }
        command("resetCounts")
        command("clearFaults")
        untilServed { Process().set("key", "value") }
        assertEquals(1, count("generate"))
        assertEquals(emptyList<String>(), process.aliases())
        process.set("key", "value")
        assertEquals("value", process.restarted().get("key"))
    }

    @Test
    fun aKeyThatIsMadeTooLateHarmsNothingAndIsCollected() {
        val process = Process()
        command("fault", "fault" to "generateHangs", "alias" to process.aliasPrefix)
        assertRejected("UNAVAILABLE", retryable = true) { process.set("key", "value") }
        command("clearFaults")
        untilServed { process.set("key", "value") }
        val next = process.restarted()
        assertEquals("value", next.get("key"))
        next.call("rotateKeys")
        assertEquals(1, next.aliases().size)
        assertEquals("value", next.restarted().get("key"))
    }

    /** A store whose `get` waits for a Keystore call that does not end. */
    private fun hanging(): Pair<Process, Future<String>> {
        val process = Process().apply { set("key", "value") }.restarted()
        command("fault", "fault" to "hang", "alias" to process.aliasPrefix)
        command("resetCounts")
        val answer = threads.submit(Callable { process.get("key") })
        val end = System.nanoTime() + SECONDS.toNanos(PATIENCE)
        while (count("getKey") == 0 && System.nanoTime() < end) Thread.sleep(5)
        return process to answer
    }

    private fun answer(future: Future<String>): String =
        try {
            future.get(PATIENCE, SECONDS)
        } catch (failure: ExecutionException) {
            throw checkNotNull(failure.cause)
        }

    /** The result of [call] when no earlier call is overdue. */
    private fun <T> untilServed(call: () -> T): T {
        val end = System.nanoTime() + SECONDS.toNanos(PATIENCE)
        while (true) {
            try {
                return call()
            } catch (rejection: StorageException.Coded) {
                if (rejection.code != "UNAVAILABLE" || System.nanoTime() > end) throw rejection
                Thread.sleep(20)
            }
        }
    }

    private fun secondsOf(body: () -> Unit): Long {
        val start = System.nanoTime()
        body()
        return NANOSECONDS.toSeconds(System.nanoTime() - start)
    }

    private companion object {
        /** Much less than a caller waits for the Keystore. */
        const val QUICK = 10L

        /** Much more than that. */
        const val PATIENCE = 90L
    }
}
