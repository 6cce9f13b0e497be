package dev.strongroom.simulator.keystore

/** A store, a call on it, and the expected content afterwards. */
internal class Situation(
    val name: String,
    val method: String,
    val options: Map<String, String> = emptyMap(),
    val config: Map<String, String> = emptyMap(),
    val before: Map<String, String> = RECORDS,
    val done: Map<String, String> = before,
    val undone: Map<String, String> = before,
    /** Whether the call needs the data key of the store. */
    val opens: Boolean = true,
    val faults: Collection<String> = FAULTS.keys - TIMING - IN_STRONG_BOX,
) {
    override fun toString() = name

    private fun inStrongBox(wish: String) =
        Situation(
            name = "$name, StrongBox: $wish",
            method = method,
            options = options,
            config = mapOf("strongBox" to wish),
            before = before,
            done = done,
            opens = opens,
            faults = IN_STRONG_BOX + "softwareKey",
        )

    companion object {
        /** These concern time. */
        val TIMING = setOf("slow", "hang", "generateHangs", "backendBusy")

        /** These need a key in StrongBox. */
        val IN_STRONG_BOX = setOf("strongBoxUnavailable", "strongBoxFails", "strongBoxBroken")

        private val RECORDS = mapOf("stays" to "1", "goes" to "2")
        private val NEW = mapOf("new" to "3")

        private val firstSet = Situation("the first set", "set", record(NEW), before = emptyMap(), done = NEW, opens = false)
        private val rotation = Situation("rotateKeys", "rotateKeys")

        val ORDINARY =
            listOf(
                firstSet,
                Situation("get", "get", mapOf("key" to "stays")),
                Situation("set", "set", record(NEW), done = RECORDS + NEW),
                rotation,
                Situation("remove", "remove", mapOf("key" to "goes"), done = RECORDS - "goes"),
                Situation("clear", "clear", done = emptyMap(), undone = emptyMap(), opens = false),
            )

        val ALL =
            ORDINARY +
                listOf("prefer", "require").flatMap { wish ->
                    listOf(firstSet, rotation).map { it.inStrongBox(wish) }
                }

        private fun record(record: Map<String, String>) = record.entries.single().let { mapOf("key" to it.key, "value" to it.value) }
    }
}
