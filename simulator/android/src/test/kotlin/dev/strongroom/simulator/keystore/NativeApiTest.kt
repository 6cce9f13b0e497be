package dev.strongroom.simulator.keystore

import dev.strongroom.capacitor.Strongroom
import dev.strongroom.ffi.SecureStorage
import dev.strongroom.ffi.StorageItem
import dev.strongroom.ffi.StoredValue
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.robolectric.RuntimeEnvironment

/** The typed API for an app's own native code. It has the same stores as JavaScript. */
class NativeApiTest : StackTestBase() {
    @Test
    fun nativeCodeAndJavaScriptSeeTheSameItems() {
        val process = Process()
        SecureStorage.open(process.store, "{}").use { native ->
            native.setMany(listOf(StorageItem("a", "1"), StorageItem("b", "🔑", FAR), StorageItem("gone", "2", 1)))
            assertEquals(listOf("🔑", null, "1", null), native.getMany(listOf("b", "absent", "a", "gone")))
            assertEquals("1", process.get("a"))
            process.set("c", "3")
            assertEquals(listOf("a", "b", "c"), native.keys())
            assertEquals(2, native.removeMany(listOf("a", "absent", "b")))
            assertEquals("""["c"]""", process.call("keys").getJSONArray("value").toString())
        }
    }

    @Test
    fun oneSideCreatesAndTheOtherFindsIt() {
        val process = Process()
        SecureStorage.open(process.store, "{}").use { native ->
            assertEquals(StoredValue("1", true), native.getOrCreate("k", "1", null))
            val found = process.call("getOrCreate", "key" to "k", "value" to "2")
            assertEquals("1", found.getString("value"))
            assertFalse(found.getBoolean("created"))
            assertFalse(native.compareAndSet("k", null, "3", null))
            assertTrue(native.compareAndSet("k", "1", "3", FAR))
            assertFalse(process.call("compareAndSet", "key" to "k", "expected" to "1", "value" to "4").getBoolean("value"))
            assertRejected("INVALID_ARGUMENT", retryable = false) { native.compareAndSet("k", "3", null, FAR) }
            assertTrue(native.compareAndSet("k", "3", null, null))
            assertRejected("NOT_FOUND", retryable = false) { process.get("k") }
        }
    }

    @Test
    fun aBatchThatIsRefusedChangesNothing() {
        SecureStorage.open(newStore(), "{}").use { native ->
            native.set("a", "1", null)
            val twice = listOf(StorageItem("a", "2"), StorageItem("a", "3"))
            assertRejected("INVALID_ARGUMENT", retryable = false) { native.setMany(twice) }
            val large = (0..4).map { StorageItem("large $it", "v".repeat(1024 * 1024)) }
            assertRejected("TOO_LARGE", retryable = false) { native.setMany(large) }
            assertEquals(listOf("a"), native.keys())
            assertEquals("1", native.get("a"))
        }
    }

    @Test
    fun theExampleOfTheDocumentationWorksWithoutThePlugin() {
        val context = RuntimeEnvironment.getApplication()
        // Another test uses the default store, too.
        val before = Strongroom.open(context).use { it.keys() }
        assertNull(refreshToken(context))
        Strongroom.open(context, store = "session").use { it.set("refresh", "r", null) }
        assertEquals("r", refreshToken(context))
        rememberForAnHour(context, "a")
        Strongroom.open(context, store = "session").use { assertEquals(listOf("access", "refresh"), it.keys()) }
        assertEquals(before, Strongroom.open(context).use { it.keys() })
    }

    @Test
    fun javaCallsTheSameMethodsAsKotlin() {
        val context = RuntimeEnvironment.getApplication()
        assertEquals(listOf("b", "c"), JavaCaller.useStore(context, "from-java", FAR))
        assertEquals("1", JavaCaller.example(context))
        assertEquals("INVALID_ARGUMENT", JavaCaller.codeOfRefusal(context))
        Strongroom.open(context, "from-java").use { assertEquals("3", it.get("c")) }
    }

    @Test
    fun aRecordDoesNotPrintItsContent() {
        assertEquals("StorageItem(_)", StorageItem("secret", "secret", FAR).toString())
        assertEquals("StoredValue(_, created: true)", StoredValue("secret", true).toString())
    }

    private companion object {
        const val FAR = 4_102_444_800_000
    }
}
