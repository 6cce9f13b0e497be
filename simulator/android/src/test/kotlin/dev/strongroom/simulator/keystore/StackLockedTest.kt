package dev.strongroom.simulator.keystore

import android.os.UserManager
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import java.io.File

/**
 * Before the first unlock after a start, Android's kernel has no key for the files of the user. It finds no file by its name and
 * creates none. Keys may be unavailable, too.
 */
class StackLockedTest : StackTestBase() {
    private val users get() = shadowOf(context.getSystemService(UserManager::class.java))

    @After
    fun unlock() = users.setUserUnlocked(true)

    @Test
    fun aMissingKeyIsLockedAndNotLost() {
        val process = Process().apply { set("key", "value") }
        val files = process.files()
        val alias = process.aliases().single()
        command("hideAlias", "alias" to alias)
        users.setUserUnlocked(false)
        val next = process.restarted()
        assertRejected("LOCKED", retryable = true) { next.get("key") }
        assertEquals(files, next.files())
        users.setUserUnlocked(true)
        command("restoreAlias", "alias" to alias)
        assertEquals("value", next.get("key"))
    }

    @Test
    fun aMissingFileIsLockedAndNotAbsentAndNoStoreIsCreated() {
        val process = Process().apply { set("key", "value") }
        val directory = File(noBackup, "strongroom")
        val aside = File(noBackup, "out of sight")
        users.setUserUnlocked(false)
        check(directory.renameTo(aside))
        val next = process.restarted()
        CALLS.forEach { (method, options) ->
            assertRejected("LOCKED", retryable = true) { next.call(method, *options) }
        }
        assertFalse(directory.exists())
        assertEquals(1, next.aliases().size)
        assertEquals(emptyList<Any>(), next.events)
        check(aside.renameTo(directory))
        users.setUserUnlocked(true)
        assertEquals("value", next.get("key"))
        next.set("key", "other")
        assertEquals("other", process.get("key"))
    }

    @Test
    fun anOpenStoreContinues() {
        val process = Process().apply { set("key", "value") }
        users.setUserUnlocked(false)
        assertEquals("value", process.get("key"))
    }

    private companion object {
        val KEY = "key" to "key"
        val VALUE = "value" to "other"
        val CALLS =
            mapOf(
                "clear" to emptyArray(),
                "compareAndSet" to arrayOf(KEY, "expected" to "value", VALUE),
                "get" to arrayOf(KEY),
                "getOrCreate" to arrayOf(KEY, VALUE),
                "getStatus" to emptyArray(),
                "has" to arrayOf(KEY),
                "keys" to emptyArray(),
                "recover" to emptyArray(),
                "remove" to arrayOf(KEY),
                "reset" to emptyArray(),
                "rotateKeys" to emptyArray(),
                "set" to arrayOf(KEY, VALUE),
            )
    }
}
