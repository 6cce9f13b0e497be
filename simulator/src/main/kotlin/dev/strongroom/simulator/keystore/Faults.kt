package dev.strongroom.simulator.keystore

import org.json.JSONObject
import java.util.concurrent.CountDownLatch

/** When a fault can strike. */
internal enum class Moment { GET_KEY, LIST, DELETE, GENERATE, BEGIN, FINISH }

/** One thing the daemon is asked to do. */
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

    /** The answer is right in form and wrong in content; what that means is up to the moment. */
    data object Alter : Effect

    /** The answer comes late. */
    data object Delay : Effect

    /** No answer until the faults are cleared. */
    data object Hang : Effect
}

/** The faults that were ordered, and their turns. */
internal class Faults {
    private class Armed(
        val fault: Fault,
        var waits: Int,
        var times: Int,
        val delayMs: Long,
    )

    private val armed = mutableListOf<Armed>()
    private var cleared = CountDownLatch(1)

    /** `{fault, at: the n-th matching call from now on = 1, times: n or -1 for ever = 1, ms: for slow ones}` */
    @Synchronized
    fun arm(order: JSONObject) {
        val name = order.getString("fault")
        val fault = requireNotNull(FAULTS[name]) { "Unknown fault $name" }
        armed += Armed(fault, order.optInt("at", 1) - 1, order.optInt("times", 1), order.optLong("ms", DEFAULT_DELAY_MS))
    }

    /** Takes all orders back and lets go of whoever hangs. */
    @Synchronized
    fun clear() {
        armed.clear()
        cleared.countDown()
        cleared = CountDownLatch(1)
    }

    /** Lets every fault strike whose turn it is. Answers whether the result is to be altered. */
    fun strike(event: Event): Boolean {
        val (due, latch) = synchronized(this) { armed.filter { it.fault.matches(event) && isDue(it) } to cleared }
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

    private fun isDue(order: Armed): Boolean {
        if (order.waits > 0) {
            order.waits -= 1
            return false
        }
        if (order.times > 0) {
            order.times -= 1
        } else if (order.times == 0) {
            return false
        }
        return true
    }

    companion object {
        private const val DEFAULT_DELAY_MS = 1_000L
        val NAMES: List<String> get() = FAULTS.keys.sorted()
    }
}
