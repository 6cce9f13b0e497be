package dev.strongroom.simulator.keystore

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test

/** The three ways to lose a key for good: the file goes into quarantine or stays, and is never deleted. */
class StackDefinitiveTest : StackTestBase() {
    @Test
    fun aDeletedAliasPutsTheFileIntoQuarantineAndTheAliasRestoresTheRecords() {
        val process = Process()
        repeat(5) { process.set("key$it", "value$it") }
        val sealed = process.files().values.single()
        val alias = process.aliases().single()
        command("hideAlias", "alias" to alias)

        val next = process.restarted()
        assertLost(next, "KEY_LOST", sealed)
        next.set("new", "value")

        command("restoreAlias", "alias" to alias)
        val recovery = next.call("recover")
        assertEquals(5, recovery.getInt("recovered"))
        assertEquals(0, recovery.getInt("remaining"))
        repeat(5) { assertEquals("value$it", next.get("key$it")) }
        assertEquals("value", next.get("new"))
    }

    @Test
    fun anotherKeyUnderTheAliasIsAMismatch() {
        val process = Process().apply { set("key", "value") }
        val sealed = process.files().values.single()
        command("swapKey", "alias" to process.aliases().single())
        assertLost(process.restarted(), "KEY_MISMATCH", sealed)
    }

    @Test
    fun onRequestALossIsAnErrorUntilReset() {
        val refuse = JSONObject().put("onKeyLoss", "error")
        val process = Process(config = refuse).apply { set("key", "value") }
        val files = process.files()
        val alias = process.aliases().single()
        command("hideAlias", "alias" to alias)
        val next = process.restarted(refuse)
        repeat(2) {
            assertRejected("KEY_LOST", retryable = false) { next.get("key") }
            assertRejected("KEY_LOST", retryable = false) { next.set("key", "other") }
        }
        assertEquals(files, next.files())
        assertEquals(emptyList<Any>(), next.events)

        command("restoreAlias", "alias" to alias)
        assertEquals("value", next.get("key"))

        command("hideAlias", "alias" to alias)
        val last = process.restarted(refuse)
        assertRejected("KEY_LOST", retryable = false) { last.get("key") }
        last.call("reset")
        last.set("key", "fresh")
        assertEquals("fresh", last.get("key"))
        assertEquals(1, last.status().getInt("quarantined"))
    }

    /** An empty store is started and says why; the old file is there, byte for byte. */
    private fun assertLost(
        process: Process,
        reason: String,
        sealed: List<Byte>,
    ) {
        assertRejected("NOT_FOUND", retryable = false) { process.get("key") }
        val aside = process.files().filterKeys { ".lost-" in it }
        assertEquals(listOf(sealed), aside.values.toList())
        val status = process.status()
        assertEquals(1, status.getInt("quarantined"))
        assertEquals(reason, status.getJSONObject("lastReset").getString("reason"))
        val (name, event) = process.events.single()
        assertEquals("storeReset", name)
        assertEquals(listOf(process.store, reason), listOf(event.getString("store"), event.getString("reason")))
    }
}
