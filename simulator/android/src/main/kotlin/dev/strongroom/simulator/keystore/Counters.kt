package dev.strongroom.simulator.keystore

/** The number of calls of the daemon, by kind. */
internal class Counters {
    private val counts = sortedMapOf<String, Int>()

    init {
        reset()
    }

    @Synchronized
    fun count(name: String) {
        counts.merge(name, 1, Int::plus)
    }

    /** Keeps the highest number of operations that were running at once. */
    @Synchronized
    fun peak(running: Int) {
        counts.merge(PEAK_OPERATIONS, running, ::maxOf)
    }

    @Synchronized
    fun reset() = ALL.forEach { counts[it] = 0 }

    @Synchronized
    fun snapshot(): Map<String, Int> = counts.toMap()

    companion object {
        const val ALIASES = "aliases"
        const val DECRYPT = "decrypt"
        const val DELETE = "delete"
        const val ENCRYPT = "encrypt"
        const val GENERATE = "generate"
        const val GET_KEY = "getKey"

        /** Operations with keys. Each takes a slot of the hardware. */
        const val OPERATIONS = "operations"
        const val PEAK_OPERATIONS = "peakOperations"
        const val SIGN = "sign"

        private val ALL =
            listOf(ALIASES, DECRYPT, DELETE, ENCRYPT, GENERATE, GET_KEY, OPERATIONS, PEAK_OPERATIONS, SIGN)
    }
}
