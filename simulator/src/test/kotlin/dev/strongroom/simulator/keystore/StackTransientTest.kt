package dev.strongroom.simulator.keystore

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** Whatever may go away again rejects as retryable, touches no file and no key, and is over when it is over. */
class StackTransientTest : StackTestBase() {
    @Test
    fun aLastingFaultIsRetryableAndTouchesNothing() {
        TRANSIENT.forEach { (fault, code) ->
            val process = Process().apply { set("key", fault) }.restarted()
            val files = process.files()
            val aliases = process.aliases()
            fault(fault)
            assertRejected(code, retryable = true) { process.get("key") }
            assertRejected(code, retryable = true) { process.set("key", "other") }
            assertEquals(fault, files, process.files())
            assertEquals(fault, aliases, process.aliases())
            command("clearFaults")
            assertEquals(fault, process.get("key"))
            assertEquals(emptyList<Any>(), process.events)
        }
    }

    @Test
    fun aFaultThatPassesIsNotNoticed() {
        (TRANSIENT.filterValues { it == "UNAVAILABLE" }.keys + listOf("badTag", "keyPermanentlyInvalidated")).forEach {
            val process = Process().apply { set("key", it) }.restarted()
            fault(it, times = 1)
            assertEquals(it, process.get("key"))
            assertEquals(emptyList<Any>(), process.events)
        }
    }

    @Test
    fun anAliasThatIsListedIsNotLostHoweverOftenItIsNotFound() {
        val process = Process().apply { set("key", "value") }.restarted()
        val files = process.files()
        fault("keyNotFound")
        assertRejected("UNAVAILABLE", retryable = true) { process.get("key") }
        assertEquals(files, process.files())
        command("clearFaults")
        assertEquals("value", process.get("key"))
    }

    @Test
    fun aWrongListDoesNotHurt() {
        val process = Process().apply { set("key", "value") }.restarted()
        fault("listFails")
        assertEquals("value", process.get("key"))
        process.call("rotateKeys")
        command("clearFaults")
        assertEquals("value", process.restarted().get("key"))
    }

    @Test
    fun aKeyThatCannotBeDestroyedIsCollectedLater() {
        val process = Process().apply { set("key", "value") }
        fault("deleteFails")
        process.call("rotateKeys")
        assertEquals(2, process.aliases().size)
        command("clearFaults")
        val next = process.restarted()
        assertEquals("value", next.get("key"))
        next.call("remove", "key" to "key")
        assertEquals(1, next.aliases().size)
    }

    @Test
    fun aSlowKeystoreIsWaitedFor() {
        val process = Process().apply { set("key", "value") }.restarted()
        command("fault", "fault" to "slow", "ms" to 500, "times" to -1)
        assertEquals("value", process.get("key"))
    }

    @Test
    fun aHangingKeystoreTimesOutAndServesTheNextCallWhenItIsBack() {
        val process = Process().apply { set("key", "value") }.restarted()
        val files = process.files()
        fault("hang", times = 1)
        val start = System.nanoTime()
        assertRejected("UNAVAILABLE", retryable = true) { process.get("key") }
        assertTrue(System.nanoTime() - start >= TIMEOUT_NANOS)
        assertEquals(files, process.files())
        command("clearFaults")
        assertEquals("value", process.get("key"))
    }

    @Test
    fun faultsAtEveryCallOfTheFirstSetLeaveAUsableStoreAndOneKey() {
        val faults =
            listOf("nullPointer", "listFails", "generateFails", "outOfMemory", "operationPruned", "badTag", "wrongPlaintext")
        for (fault in faults) {
            for (at in 1..5) {
                val process = Process()
                fault(fault, times = 3, at = at)
                runCatching { process.set("key", fault) }
                command("clearFaults")
                process.set("key", fault)
                assertEquals(fault, process.restarted().get("key"))
                assertEquals("$fault at $at", 1, process.aliases().size)
            }
        }
    }

    @Test
    fun faultsAtEveryCallOfARotationLoseNothing() {
        for (fault in listOf("nullPointer", "generateFails", "invalidKeyBlob", "operationPruned", "deleteFails")) {
            for (at in 1..5) {
                val process = Process().apply { set("key", fault) }
                fault(fault, times = 8, at = at)
                runCatching { process.call("rotateKeys") }
                command("clearFaults")
                assertEquals(fault, process.get("key"))
                val next = process.restarted()
                assertEquals(fault, next.get("key"))
                next.call("remove", "key" to "key")
                assertEquals("$fault at $at", 1, next.aliases().size)
            }
        }
    }

    private companion object {
        const val TIMEOUT_NANOS = 20_000_000_000L

        /** How each shows while it lasts. */
        val TRANSIENT =
            mapOf(
                "authTokenMissing" to "UNAVAILABLE",
                "daemonDied" to "UNAVAILABLE",
                "getKeyProviderException" to "UNAVAILABLE",
                "hardwareBusy" to "UNAVAILABLE",
                "initProviderException" to "UNAVAILABLE",
                "invalidKeyBlob" to "UNAVAILABLE",
                "invalidatedAtLoad" to "UNAVAILABLE",
                "keyUnreadable" to "UNAVAILABLE",
                "keyValueCorrupted" to "UNAVAILABLE",
                "keystoreLocked" to "LOCKED",
                "nullPointer" to "UNAVAILABLE",
                "operationBusy" to "UNAVAILABLE",
                "operationPruned" to "UNAVAILABLE",
                "outOfJavaMemory" to "UNAVAILABLE",
                "outOfMemory" to "UNAVAILABLE",
                "userNotAuthenticated" to "LOCKED",
            )
    }
}
