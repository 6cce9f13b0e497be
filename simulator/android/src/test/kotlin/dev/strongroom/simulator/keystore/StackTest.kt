package dev.strongroom.simulator.keystore

import org.junit.Assert.assertEquals
import org.junit.Test
import java.util.concurrent.Executors
import java.util.concurrent.Future

/** The chain without failures, and how few Keystore operations it needs. */
class StackTest : StackTestBase() {
    @Test
    fun theNextProcessReadsTheStoredValue() {
        val process = Process()
        process.set("token", "value 🔑")
        assertEquals("value 🔑", process.get("token"))
        assertEquals("value 🔑", process.restarted().get("token"))
        val status = process.status()
        assertEquals("trustedEnvironment", status.getString("securityLevel"))
        assertEquals(true, status.getBoolean("secure"))
        assertEquals("noBackupFilesDir", status.getString("location"))
    }

    @Test
    fun aThousandGetsAreOneKeystoreOperation() {
        Process().apply { set("key", "value") }.let { first ->
            val process = first.restarted()
            command("resetCounts")
            repeat(1_000) { assertEquals("value", process.get("key")) }
            assertEquals(1, count("operations"))
            assertEquals(1, count("decrypt"))
        }
    }

    @Test
    fun parallelCallsOfManyStoresTakeOneOperationSlot() {
        val stores = (1..8).map { Process().apply { set("key", store) }.restarted() }
        command("resetCounts")
        val threads = Executors.newFixedThreadPool(8)
        val answers: List<Future<String>> =
            (1..80).map { number -> threads.submit<String> { stores[number % 8].get("key") } }
        answers.forEachIndexed { index, answer -> assertEquals(stores[(index + 1) % 8].store, answer.get()) }
        threads.shutdown()
        assertEquals(8, count("operations"))
        assertEquals(1, count("peakOperations"))
    }

    @Test
    fun clearDestroysTheKey() {
        val process = Process().apply { set("key", "value") }
        assertEquals(1, process.aliases().size)
        process.call("clear")
        assertEquals(emptyList<String>(), process.aliases())
        assertEquals(emptyMap<String, List<Byte>>(), process.files())
    }

    @Test
    fun rotationLeavesOneNewKeyAndAllRecords() {
        val process = Process().apply { set("key", "value") }
        val before = process.aliases()
        process.call("rotateKeys")
        val after = process.aliases()
        assertEquals(1, after.size)
        assertEquals(emptySet<String>(), before.intersect(after.toSet()))
        assertEquals("value", process.restarted().get("key"))
    }
}
