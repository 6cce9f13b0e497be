package dev.strongroom.simulator.keystore

import org.json.JSONObject
import java.util.concurrent.CountDownLatch

/** When a fault can strike. */
internal enum class Moment { GET_KEY, LIST, DELETE, GENERATE, BEGIN, FINISH }

/** One call of the daemon. */
internal class Event(
    val moment: Moment,
    val alias: String? = null,
    val level: Int? = null,
    val purpose: Int? = null,
    val hasAad: Boolean = false,
)

/** What happens instead of, before, or to the answer. */
internal sealed interface Effect {
    class Throw(
        val make: (Event) -> Throwable,
    ) : Effect

    /** The answer has the right form and wrong content; the details depend on the moment. */
    data object Alter : Effect

    /** The answer is late. */
    data object Delay : Effect

    /** No answer until the faults are cleared. */
    data object Hang : Effect
}

/** The ordered faults, and when it is their turn. */
internal class Faults {
    private class Armed(
        val name: String,
        val fault: Fault,
        val aliases: String,
        private val at: Int,
        private val times: Int,
        val delayMs: Long,
    ) {
        /** The number of calls so far that it could have affected. */
        var calls = 0
            private set

        /** Counts the call if the fault can affect it. Returns whether it is the fault's turn. */
        fun strikes(event: Event): Boolean {
            if (!fault.matches(event) || !event.alias.orEmpty().startsWith(aliases)) return false
            calls += 1
            return calls >= at && (times < 0 || calls < at + times)
        }
    }

    private val armed = mutableListOf<Armed>()
    private var cleared = CountDownLatch(1)

    /**
     * `{fault, at: the n-th matching call from now on = 1, times: n or -1 for ever = 1, ms: for slow ones, alias: what the
     * alias of the key has to start with = nothing}`
     */
    @Synchronized
    fun arm(order: JSONObject) {
        val name = order.getString("fault")
        armed +=
            Armed(
                name = name,
                fault = requireNotNull(FAULTS[name]) { "Unknown fault $name" },
                aliases = order.optString("alias"),
                at = order.optInt("at", 1),
                times = order.optInt("times", 1),
                delayMs = order.optLong("ms", DEFAULT_DELAY_MS),
            )
    }

    /** Cancels the orders for [aliases], by default all of them, and releases the calls that hang. */
    @Synchronized
    fun clear(aliases: String = "") {
        armed.removeAll { it.aliases.startsWith(aliases) }
        cleared.countDown()
        cleared = CountDownLatch(1)
    }

    /** The number of calls that each of the orders for [aliases] could have affected so far. */
    @Synchronized
    fun calls(aliases: String): Map<String, Int> = armed.filter { it.aliases == aliases }.associate { it.name to it.calls }

    /** Applies every fault whose turn it is. Returns whether to alter the result. */
    fun strike(event: Event): Boolean {
        val (due, latch) = synchronized(this) { armed.filter { it.strikes(event) } to cleared }
        var altered = false
        due.forEach {
            when (val effect = it.fault.effect) {
                is Effect.Throw -> throw effect.make(event)
                Effect.Alter -> altered = true
                Effect.Delay -> Thread.sleep(it.delayMs)
                Effect.Hang -> latch.await()
            }
        }
        return altered
    }

    companion object {
        private const val DEFAULT_DELAY_MS = 1_000L
        val NAMES: List<String> get() = FAULTS.keys.sorted()
    }
}
