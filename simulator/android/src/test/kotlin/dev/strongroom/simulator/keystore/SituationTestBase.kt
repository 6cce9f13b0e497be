package dev.strongroom.simulator.keystore

import dev.strongroom.ffi.StorageException
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue

/** Creates a [Situation], and checks its end. */
internal abstract class SituationTestBase : StackTestBase() {
    protected fun prepared(situation: Situation): Process {
        val process = Process(config = JSONObject(situation.config))
        situation.before.forEach { (key, value) -> process.set(key, value) }
        return if (situation.before.isEmpty()) process else process.restarted()
    }

    /** Makes the call of the situation. Returns the rejection, if any. */
    protected fun attempt(
        situation: Situation,
        process: Process,
    ): StorageException.Coded? =
        try {
            process.call(situation.method, *situation.options.toList().toTypedArray())
            null
        } catch (rejection: StorageException.Coded) {
            assertEquals(rejection.code in RETRYABLE, rejection.retryable)
            assertFalse(rejection.detail, QUOTE in rejection.detail || "dev.strongroom" in rejection.detail)
            rejection
        }

    /** The number of calls that each fault could affect, counted without faults. */
    protected fun calls(
        situation: Situation,
        faults: Collection<String> = situation.faults,
    ): Map<String, Int> {
        val process = prepared(situation)
        faults.forEach { fault(it, times = 0) }
        assertEquals(null, attempt(situation, process))
        val calls = command("faultCalls") as JSONObject
        command("clearFaults")
        process.close()
        return faults.associateWith { calls.getInt(it) }
    }

    /**
     * Nothing changes unless the call succeeds, and no key that is needed is destroyed. Only if the key is lost, and [loss] says why,
     * the file goes into quarantine, byte for byte.
     */
    protected fun checkFiles(
        situation: Situation,
        before: Map<String, List<Byte>>,
        process: Process,
        isDone: Boolean,
        loss: String? = null,
    ) {
        val after = process.files()
        val aside = after.filterKeys { ".lost-" in it }.values.toList()
        assertEquals("in quarantine", if (loss == null) emptyList() else before.values.toList(), aside)
        assertEquals(listOfNotNull(loss), process.events.map { it.second.getString("reason") })
        val mayChange = (isDone && situation.method != "get") || situation.method == "clear" || loss != null
        if (!mayChange) assertEquals("files", before, after)
        val aliases = process.aliases()
        after.values.forEach { assertTrue("a key is gone", alias(it) in aliases) }
    }

    protected fun checkRecords(
        process: Process,
        expected: Map<String, String>,
    ) {
        val present =
            listOf("stays", "goes", "new")
                .associateWith { value(process, it) }
                .filterValues { it != null }
        assertEquals(expected, present)
    }

    /** After the next writes there is one key, the one that the file names. */
    protected fun checkOrphans(
        process: Process,
        rotating: Boolean,
    ) {
        process.set("last", "4")
        if (rotating) process.call("rotateKeys")
        process.call("remove", "key" to "last")
        // Upkeep runs some time after the call.
        val until = System.nanoTime() + 30_000_000_000
        while (process.aliases() != process.files().values.map { alias(it) } && System.nanoTime() < until) Thread.sleep(50)
        assertEquals(process.aliases(), process.files().values.map { alias(it) })
    }

    private fun value(
        process: Process,
        name: String,
    ): String? =
        try {
            process.get(name)
        } catch (rejection: StorageException.Coded) {
            if (rejection.code == "NOT_FOUND") null else throw rejection
        }

    /** The alias in the header of a file (docs/internals/storage-format.md). */
    private fun alias(file: List<Byte>): String {
        val start = 87
        return String(file.subList(start, start + file[start - 1]).toByteArray())
    }

    private companion object {
        val RETRYABLE = setOf("UNAVAILABLE", "LOCKED")
    }
}
