package dev.strongroom.simulator

import java.io.File
import java.util.Locale
import java.util.concurrent.atomic.AtomicLong

private val isLong = System.getenv("STRONGROOM_BATTERY") == "long"

/** The amount for every test run, and the one for `STRONGROOM_BATTERY=long`. */
internal fun <T> scaled(
    quick: T,
    long: T,
): T = if (isLong) long else quick

internal class Row {
    private val count = AtomicLong()
    val cases get() = count.get()

    fun add(cases: Int) {
        count.addAndGet(cases.toLong())
    }
}

/** Runs the test for row [name] of the account, and appends the result to the file that `STRONGROOM_PROOF` names. */
internal fun proved(
    name: String,
    test: (Row) -> Unit,
) {
    val row = Row()
    val start = System.nanoTime()
    val outcome = runCatching { test(row) }
    System.getenv("STRONGROOM_PROOF")?.let { file ->
        val failures = if (outcome.isFailure) 1 else 0
        val seconds = "%.1f".format(Locale.ROOT, (System.nanoTime() - start) / 1e9)
        File(file).appendText("""{"row":"$name","cases":${row.cases},"failures":$failures,"seconds":$seconds}""" + "\n")
    }
    outcome.getOrThrow()
}
