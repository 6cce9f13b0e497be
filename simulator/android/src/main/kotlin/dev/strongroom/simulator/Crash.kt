package dev.strongroom.simulator

/** The exit status after an uncaught exception. */
const val CRASHED = 70

/** An uncaught exception on any thread ends the process at once, as it ends an Android app. */
internal fun crashLikeAPhone() {
    Thread.setDefaultUncaughtExceptionHandler { thread, failure ->
        System.err.println("FATAL EXCEPTION: ${thread.name}")
        failure.printStackTrace()
        Runtime.getRuntime().halt(CRASHED)
    }
}
