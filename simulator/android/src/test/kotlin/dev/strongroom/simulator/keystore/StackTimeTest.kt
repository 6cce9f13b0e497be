package dev.strongroom.simulator.keystore

import dev.strongroom.ffi.StorageException
import dev.strongroom.simulator.Row
import dev.strongroom.simulator.proved
import dev.strongroom.simulator.scaled
import org.junit.Assert.assertEquals
import org.junit.Test

/** A Keystore that answers late, or not while a caller waits. */
internal class StackTimeTest : SituationTestBase() {
    @Test
    fun aCallWaitsForASlowKeystore() {
        for (situation in Situation.ORDINARY) {
            val process = prepared(situation)
            command("fault", "fault" to "slow", "ms" to 50, "times" to -1)
            assertEquals(situation.name, null, attempt(situation, process))
            checkRecords(process, situation.done)
            command("clearFaults")
            process.close()
        }
    }

    @Test
    fun aKeystoreThatDoesNotAnswerTimesOutAndServesTheNextCallAfterwards() =
        proved("key-hangs-jvm") { row ->
            // Each of these waits for a time-out.
            for (case in Situation.ORDINARY.flatMap { cases(it) }.filter { scaled(it in QUICK, true) }) {
                runCatching { run(case, row) }.onFailure { throw AssertionError("$case: ${it.message}", it) }
            }
        }

    private data class Case(
        val name: String,
        val fault: String,
        val isFirst: Boolean,
    )

    private fun cases(situation: Situation) =
        listOf("hang", "backendBusy").flatMap { fault -> listOf(true, false).map { Case(situation.name, fault, it) } }

    private fun run(
        case: Case,
        row: Row,
    ) {
        val situation = Situation.ORDINARY.single { it.name == case.name }
        val calls = calls(situation, listOf(case.fault)).getValue(case.fault)
        if (calls == 0 || (calls == 1 && !case.isFirst)) return
        row.add(1)
        val process = prepared(situation)
        val files = process.files()
        fault(case.fault, at = if (case.isFirst) 1 else calls)
        val rejection = attempt(situation, process)
        // A clean-up after a call does not make it fail.
        if (case.isFirst || rejection != null) assertEquals("UNAVAILABLE", rejection?.code)
        command("clearFaults")
        awaitKeystore()
        checkFiles(situation, files, process, isDone = rejection == null)
        val next = process.restarted()
        listOf(process, next).forEach { checkRecords(it, if (rejection == null) situation.done else situation.undone) }
        checkOrphans(next, rotating = case.isFirst)
        next.close()
    }

    /** The overdue call has to end first: until then, others are refused at once, also those of another store. */
    private fun awaitKeystore() {
        val other = Process()
        val until = System.nanoTime() + 10_000_000_000
        while (System.nanoTime() < until) {
            try {
                other.set("k", "v")
                other.call("clear")
                return
            } catch (busy: StorageException.Coded) {
                assertEquals("UNAVAILABLE", busy.code)
                Thread.sleep(20)
            }
        }
    }

    private companion object {
        val QUICK = setOf(Case("get", "hang", isFirst = true), Case("rotateKeys", "backendBusy", isFirst = false))
    }
}
