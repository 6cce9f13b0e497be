package dev.strongroom.simulator.keystore

import android.content.Context
import dev.strongroom.capacitor.Strongroom
import dev.strongroom.ffi.StorageException

/** The example of docs/guide/native-code.md. The tests of the pages compare the two. */
fun refreshToken(context: Context): String? = Strongroom.open(context, store = "session").use { it.get("refresh") }

fun rememberForAnHour(
    context: Context,
    token: String,
) {
    val inAnHour = System.currentTimeMillis() + 3_600_000
    try {
        Strongroom.open(context, store = "session").use { it.set("access", token, inAnHour) }
    } catch (failure: StorageException.Coded) {
        // Locked, or the disk is full: try again later. Nothing is lost.
        if (!failure.retryable) throw failure
    }
}
