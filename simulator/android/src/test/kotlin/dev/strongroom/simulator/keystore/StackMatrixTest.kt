package dev.strongroom.simulator.keystore

import dev.strongroom.simulator.proved
import dev.strongroom.simulator.scaled
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.Callable
import java.util.concurrent.Executors

/** Every fault, at every Keystore call that it can affect, once to five times and for ever. */
internal class StackMatrixTest : SituationTestBase() {
    @Test
    fun everyFaultAtEveryCallEndsInADocumentedStateAndLosesNothing() =
        proved("key-faults-jvm") { row ->
            // A list contains all keys, so a test that waits for one must run alone.
            val (alone, together) = Situation.ALL.flatMap { cases(it) }.partition { it.fault == LISTING }
            val threads = Executors.newFixedThreadPool(THREADS)
            val failures = threads.invokeAll(together.map { Callable { failure(it) } }).mapNotNull { it.get() }
            threads.shutdown()
            row.add(together.size + alone.size)
            val all = failures + alone.mapNotNull { failure(it) }
            val few = all.take(10).joinToString("\n") { it.message.orEmpty() }
            if (all.isNotEmpty()) throw AssertionError("${all.size} failures:\n$few", all.first())
        }

    private class Case(
        val situation: Situation,
        val fault: String,
        val at: Int,
        val times: Int,
    ) {
        /** Only opening a store can show a loss, and only after seven equal answers: more than any number in `TIMES`. */
        private val isBelieved = situation.opens && at == 1 && times == FOR_EVER

        /** The reason why the file goes into quarantine. */
        val loss = LOSSES[fault].takeIf { isBelieved }

        /** How the call may end. A call that is tried six times does not notice a fault that passes. */
        val codes =
            buildSet {
                if (fault in LOCKING) {
                    add("LOCKED")
                } else if (fault !in SILENT && times == FOR_EVER) {
                    add("UNAVAILABLE")
                }
                if (fault in WEAKENING && situation.config["strongBox"] == "require") add("INSUFFICIENT_SECURITY")
                if (loss != null) add("NOT_FOUND")
            }

        override fun toString() = "$situation, $fault at $at, $times times"
    }

    private fun cases(situation: Situation): List<Case> =
        calls(situation).entries.withIndex().flatMap { (number, fault) ->
            val (name, calls) = fault
            // Once at the first call and for ever at the last one, or the other way round.
            val once = if (number % 2 == 0) 1 else calls
            val few = listOf(once to 1, 1 + calls - once to FOR_EVER).filter { calls > 0 }
            val all = (1..calls).flatMap { at -> TIMES.map { at to it } }
            scaled(few, all).map { (at, times) -> Case(situation, name, at, times) }
        }

    private fun failure(case: Case): AssertionError? =
        runCatching { run(case) }.exceptionOrNull()?.let { AssertionError("$case: ${it.message}", it) }

    private fun run(case: Case) {
        val process = prepared(case.situation)
        val files = process.files()
        val aliases = if (case.fault == LISTING) "" else process.aliasPrefix
        command("fault", "fault" to case.fault, "at" to case.at, "times" to case.times, "alias" to aliases)
        val rejection = attempt(case.situation, process)
        val calls = command("faultCalls", "alias" to aliases) as JSONObject
        command("clearFaults", "alias" to aliases)
        assertTrue("it never struck", calls.getInt(case.fault) >= case.at)

        rejection?.let { assertTrue(it.code, it.code in case.codes) }
        checkFiles(case.situation, files, process, isDone = rejection == null, case.loss)
        val next = process.restarted()
        val records = if (rejection == null) case.situation.done else case.situation.undone
        when {
            case.loss != null -> {
                assertEquals(case.loss, next.status().getJSONObject("lastReset").getString("reason"))
                assertEquals(0, next.call("recover").getInt("remaining"))
                checkRecords(next, case.situation.undone + records)
            }
            else -> listOf(process, next).forEach { checkRecords(it, records) }
        }
        checkOrphans(next, rotating = case.at % 2 == 0)
        next.close()
    }

    private companion object {
        const val FOR_EVER = -1
        val TIMES = listOf(1, 2, 3, 4, 5, FOR_EVER)

        /** Many more than processors, because a call that fails waits before it tries again. */
        const val THREADS = 12

        const val LISTING = "listFails"
        val LOCKING = setOf("keystoreLocked", "userNotAuthenticated")

        /** The app sees no failure, but a wrong answer. */
        val SILENT = setOf(LISTING, "softwareKey")
        val WEAKENING = setOf("softwareKey", "strongBoxUnavailable", "strongBoxBroken")

        /** The verdicts of answers that are believed if they stay the same. */
        val LOSSES =
            mapOf(
                "badTag" to "KEY_MISMATCH",
                "keyPermanentlyInvalidated" to "KEY_INVALIDATED",
                "wrongPlaintext" to "KEY_MISMATCH",
            )
    }
}
