package dev.strongroom.capacitor

import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import java.util.concurrent.Future

/** The promises to an app, on a real device with its real Keystore. */
class DeviceTest : DeviceTestBase() {
    @Test
    fun aValueComesBackAfterReopening() =
        withStore { first ->
            first.set("drei", "vier 🔑")
            val second = first.restarted()
            assertEquals("vier 🔑", second.get("drei"))
            assertEquals(listOf("drei"), second.keys())
        }

    @Test
    fun anAbsentKeyIsNotFound() =
        withStore { store ->
            for (method in listOf("get", "remove")) {
                val failure = assertRejected("NOT_FOUND") { store.call(method, "key" to "absent") }
                assertEquals("Item with given key does not exist", failure.detail)
                assertFalse(failure.retryable)
            }
            assertFalse(store.call("has", "key" to "absent").getBoolean("value"))
            assertTrue(store.call("getMany", "keys" to JSONArray(listOf("absent"))).getJSONArray("value").isNull(0))
        }

    @Test
    fun whatIsRemovedIsGoneForEveryProcess() =
        withStore { store ->
            listOf("a", "b", "c").forEach { store.set(it, "1") }
            store.call("remove", "key" to "b")
            assertRejected("NOT_FOUND") { store.get("b") }
            assertEquals(listOf("a", "c"), store.restarted().keys())
            store.call("clear")
            assertEquals(emptyList<String>(), store.keys())
            assertEquals(emptyList<String>(), store.aliases())
            assertRejected("NOT_FOUND") { store.restarted().get("a") }
            store.set("a", "2")
            assertEquals("2", store.restarted().get("a"))
        }

    @Test
    fun listsAndNullsPassTheSystemsJson() =
        withStore { store ->
            val items = listOf("a" to "1", "b" to "").map { (key, value) -> JSONObject().put("key", key).put("value", value) }
            store.call("setMany", "items" to JSONArray(items))
            val values = store.call("getMany", "keys" to JSONArray(listOf("b", "absent", "a"))).getJSONArray("value")
            assertEquals("""["",null,"1"]""", values.toString())
            val swap = arrayOf("key" to "c", "expected" to JSONObject.NULL, "value" to "3")
            assertTrue(store.call("compareAndSet", *swap).getBoolean("value"))
            assertFalse(store.call("compareAndSet", *swap).getBoolean("value"))
            assertEquals(2, store.call("removeMany", "keys" to JSONArray(listOf("a", "c", "absent"))).getInt("value"))
            assertEquals(listOf("b"), store.keys())
        }

    @Test
    fun everyTextComesBackAsItWas() =
        withStore { store ->
            val texts =
                listOf(
                    "",
                    " ",
                    "👩‍👩‍👧‍👦 🔑 🇨🇭",
                    "مرحبا",
                    "e\u0301",
                    "a\u0000b",
                    "\u2028\u2029",
                    "\"\\/\n\t</script>",
                    "\uFEFF\uFFFF",
                    "null",
                )
            texts.forEachIndexed { index, text -> store.set("key $index $text", text) }
            val next = store.restarted()
            texts.forEachIndexed { index, text -> assertEquals(text, next.get("key $index $text")) }
            assertEquals(texts.size, next.keys().size)
        }

    @Test
    fun aMebibyteFitsAndAByteMoreDoesNot() =
        withStore { store ->
            val large = "0123456789abcdef".repeat(64 * 1024)
            store.set("k".repeat(1024), large)
            assertEquals(large, store.restarted().get("k".repeat(1024)))
            assertRejected("TOO_LARGE") { store.set("large", large + "0") }
            assertRejected("INVALID_ARGUMENT") { store.set("k".repeat(1025), "") }
            assertEquals(1, store.keys().size)
        }

    @Test
    fun parallelCallsAreAllAnsweredAndRight() =
        withStore { store ->
            inParallel(200) { store.set("key $it", "value $it") }
            val next = store.restarted()
            val values = inParallel(200) { next.get("key $it") }
            assertEquals((0 until 200).map { "value $it" }, values)
        }

    @Test
    fun ofManyWhoCreateOneDoes() =
        withStore { store ->
            val answers = inParallel(50) { store.call("getOrCreate", "key" to "k", "value" to "value $it") }
            assertEquals(1, answers.count { it.getBoolean("created") })
            assertEquals(1, answers.map { it.getString("value") }.toSet().size)
        }

    @Test
    fun aStoreKnowsNothingOfAnother() =
        withStore { one ->
            withStore { other ->
                one.set("k", "1")
                other.set("k", "2")
                other.call("clear")
                assertEquals("1", one.restarted().get("k"))
            }
        }

    @Test
    fun theKeyLiesInTheSystemsKeystoreAndStaysThere() =
        withStore { store ->
            store.set("a", "b")
            val status = store.status()
            assertEquals("android", status.getString("platform"))
            assertEquals("noBackupFilesDir", status.getString("location"))
            // An emulator may keep the key in software. Then the store is not secure.
            val level = status.getString("securityLevel")
            assertTrue(level, level in LEVELS)
            assertEquals(level, level != "software", status.getBoolean("secure"))
            assertNull(keyStore.getKey(store.aliases().single(), null).encoded)
        }

    @Test
    fun rotationLeavesOneNewKeyAndEveryValue() =
        withStore { store ->
            repeat(20) { store.set("key $it", "value $it") }
            val before = store.aliases().single()
            store.call("rotateKeys")
            assertNotEquals(before, store.aliases().single())
            val next = store.restarted()
            repeat(20) { assertEquals("value $it", next.get("key $it")) }
        }

    /** The results of [times] calls that run in parallel. */
    private fun <T> inParallel(
        times: Int,
        call: (Int) -> T,
    ): List<T> {
        val threads = Executors.newFixedThreadPool(8)
        val answers: List<Future<T>> = (0 until times).map { threads.submit(Callable { call(it) }) }
        threads.shutdown()
        return answers.map { it.get() }
    }

    private companion object {
        val LEVELS = setOf("software", "unknownSecure", "trustedEnvironment", "strongBox")
    }
}
