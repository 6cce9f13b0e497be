package dev.strongroom.simulator.keystore

import android.app.Activity
import android.content.Context
import dev.strongroom.capacitor.Strongroom
import dev.strongroom.ffi.PromptTexts
import dev.strongroom.ffi.Protection
import dev.strongroom.ffi.StorageException
import dev.strongroom.ffi.UserAuthentication

/** The example of docs/guide/native-code.md. The tests of the pages compare the two. */
fun refreshToken(context: Context): String? = Strongroom.open(context, store = "session").use { it.get("refresh") }

fun readBehindBiometry(activity: Activity): String? {
    Strongroom.showPromptsOver(activity)
    return Strongroom.open(activity, store = "vault").use {
        it.protect(Protection(UserAuthentication.BIOMETRY), PromptTexts(title = "Set up your vault"))
        it.unlock(PromptTexts(title = "Open your vault"))
        it.get("secret")
    }
}

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
