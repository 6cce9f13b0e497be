package dev.strongroom.simulator.keystore

import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList

/**
 * The user of the simulated phone: the lock screen, the enrolled biometry, and what the user answers to prompts. Without
 * a script, the user authenticates whenever asked.
 */
internal object ScriptedUser {
    private const val FIRST_FINGER = 0xF1L

    /** The identity of the lock screen; 0 without one. */
    @Volatile
    var lockScreen = 1L
        private set

    /** The enrolments that the sensors name. */
    @Volatile
    var enrolments = listOf(FIRST_FINGER)

    /** Whether the daemon learns of an authentication. On some phones it does not, although the prompt reports success. */
    @Volatile
    var deliversTokens = true

    /** How many prompts the app has taken away. */
    @Volatile
    var cancelled = 0

    /** The prompts that were shown. */
    val shown = CopyOnWriteArrayList<ShownPrompt>()
    private val script = ConcurrentLinkedQueue<(ShownPrompt) -> Unit>()
    private val authorised = CopyOnWriteArrayList<Long>()
    private var nextLockScreen = 2L

    @Synchronized
    fun reset() {
        lockScreen = 1L
        enrolments = listOf(FIRST_FINGER)
        deliversTokens = true
        cancelled = 0
        shown.clear()
        script.clear()
        authorised.clear()
    }

    /** What happens to the next prompt that has no script yet. */
    fun answer(script: (ShownPrompt) -> Unit) {
        this.script += script
    }

    /** The lock screen is gone, and with it the enrolments, and the keys that ask the user. */
    @Synchronized
    fun removeLockScreen(keys: KeyFiles) {
        lockScreen = 0
        enrolments = emptyList()
        keys.aliases().filter { keys.byAlias(it)?.asksUser == true }.forEach { keys.delete(it) }
    }

    /** A new lock screen has another identity than any before. */
    @Synchronized
    fun setLockScreen() {
        lockScreen = nextLockScreen++
    }

    fun show(prompt: ShownPrompt) {
        shown += prompt
        val next = script.poll()
        if (next == null) prompt.succeed() else next(prompt)
    }

    fun hasAuthorised(challenge: Long) = challenge in authorised

    fun authorise(challenge: Long) {
        if (deliversTokens) authorised += challenge
    }
}
