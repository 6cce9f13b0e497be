package dev.strongroom.simulator.keystore

import android.app.Activity
import android.app.KeyguardManager
import android.os.Handler
import android.os.Looper
import dev.strongroom.capacitor.Strongroom
import dev.strongroom.ffi.PromptTexts
import dev.strongroom.ffi.Protection
import dev.strongroom.ffi.SecureStorage
import dev.strongroom.ffi.StorageException
import dev.strongroom.ffi.UserAuthentication
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import java.util.concurrent.TimeUnit

/** A store that asks its user: Rust, JNI, the shim, Android's own prompt and provider. */
class ProtectedStoreTest : StackTestBase() {
    private lateinit var activity: ActivityController<Activity>
    private val store = newStore()

    @Before
    fun showActivity() {
        setLockScreen(true)
        activity = Robolectric.buildActivity(Activity::class.java).create()
        Strongroom.showPromptsOver(activity.get())
        activity.start().resume()
    }

    @After
    fun destroyActivity() {
        if (!activity.get().isDestroyed) activity.pause().stop().destroy()
    }

    @Test
    fun `one prompt opens a session, and only a lock ends it`() {
        open { it.set("token", "value", null) }
        open { native ->
            asking { native.protect(BIOMETRY, TEXTS) }
            assertEquals("a store with an item asks twice", 2, takeShown())
            native.set("more", "1", null)
            assertEquals("value", native.get("token"))
            native.lock()
            assertTrue(native.isLocked())
            assertRejected("AUTH_REQUIRED", retryable = true) { native.get("token") }
            asking { native.unlock(TEXTS) }
            assertFalse(native.isLocked())
            assertEquals(listOf("more", "token"), native.keys())
            native.remove("more")
            assertEquals(1, takeShown())
        }
        open { native ->
            assertRejected("AUTH_REQUIRED", retryable = true) { native.get("token") }
            asking { native.unlock(TEXTS) }
            assertEquals("value", native.get("token"))
        }
    }

    @Test
    fun `every end of the prompt has its code, and the store stays as it is`() {
        protect()
        for (
        (code, expected) in
        mapOf(
            1 to "BIOMETRY_UNAVAILABLE",
            3 to "AUTH_CANCELLED",
            5 to "AUTH_CANCELLED",
            7 to "BIOMETRY_LOCKOUT",
            8 to "BIOMETRY_UNAVAILABLE",
            9 to "BIOMETRY_LOCKOUT",
            10 to "AUTH_CANCELLED",
            11 to "BIOMETRY_NOT_ENROLLED",
            12 to "BIOMETRY_UNAVAILABLE",
            14 to "INSUFFICIENT_SECURITY",
            15 to "BIOMETRY_UNAVAILABLE",
            99 to "BIOMETRY_UNAVAILABLE",
        )
        ) {
            ScriptedUser.answer { it.end(code) }
            assertUnlockFails(expected)
            assertEquals("code $code", 1, takeShown())
        }
        ScriptedUser.answer { it.pressNegativeButton() }
        assertUnlockFails("AUTH_CANCELLED")
        ScriptedUser.answer {
            it.fail()
            it.fail()
            it.succeed()
        }
        assertWhole()
    }

    @Test
    fun `a success that the daemon hears nothing of is asked for once more`() {
        protect()
        ScriptedUser.answer {
            ScriptedUser.deliversTokens = false
            it.succeed()
            ScriptedUser.deliversTokens = true
        }
        open { native -> asking { native.unlock(TEXTS) } }
        assertEquals(2, takeShown())
        ScriptedUser.deliversTokens = false
        assertUnlockFails("AUTH_FAILED")
        assertEquals(2, takeShown())
        ScriptedUser.deliversTokens = true
        assertWhole()
    }

    @Test
    fun `no enrolment is no loss, and neither is its absence for a while`() {
        protect()
        val before = ScriptedUser.enrolments
        ScriptedUser.enrolments = emptyList()
        assertUnlockFails("BIOMETRY_NOT_ENROLLED")
        ScriptedUser.enrolments = before + 0xF2L
        assertUnlockFails("BIOMETRY_UNAVAILABLE")
        ScriptedUser.enrolments = before
        assertWhole()
    }

    @Test
    fun `an activity that is hidden or destroyed answers every call`() {
        protect()
        activity.pause().stop()
        assertUnlockFails("AUTH_REQUIRED")
        assertEquals(0, takeShown())
        activity.start().resume()
        ScriptedUser.answer { Handler(Looper.getMainLooper()).post { activity.pause().stop().destroy() } }
        assertUnlockFails("AUTH_CANCELLED")
        assertEquals("the system takes the prompt away", 1, ScriptedUser.cancelled)
        activity = Robolectric.buildActivity(Activity::class.java).create()
        Strongroom.showPromptsOver(activity.get())
        activity.start().resume()
        assertWhole()
    }

    @Test
    fun `a lock takes the prompt away, and what the user does then does not count`() {
        protect()
        open { native ->
            ScriptedUser.answer { prompt ->
                Thread { native.lock() }.start()
                Thread { Thread.sleep(LATE).also { prompt.succeed() } }.start()
            }
            assertFails("AUTH_CANCELLED") { native.unlock(TEXTS) }
            Thread.sleep(2 * LATE)
            shadowOf(Looper.getMainLooper()).idle()
            assertTrue(native.isLocked())
        }
        assertWhole()
    }

    @Test
    fun `a lock concerns everybody who has the store open in this process`() {
        protect()
        open { one ->
            asking { one.unlock(TEXTS) }
            open { other ->
                asking { other.unlock(TEXTS) }
                other.lock()
                assertTrue(one.isLocked())
            }
        }
    }

    @Test
    fun `a store that asks at every use stays closed`() {
        open { native ->
            asking { native.protect(Protection(UserAuthentication.BIOMETRY, everyUse = true), TEXTS) }
            asking { native.set("token", "value", null) }
            takeShown()
            asking { assertEquals("value", native.get("token")) }
            assertEquals(1, takeShown())
            assertTrue(native.isLocked())
            assertFails("INVALID_ARGUMENT") { native.unlock(TEXTS) }
        }
    }

    @Test
    fun `a passcode opens a store that a new finger does not close, but a removed lock screen does`() {
        open { native ->
            val either = Protection(UserAuthentication.BIOMETRY_OR_DEVICE_CREDENTIAL)
            asking { native.protect(either, TEXTS) }
            asking { native.set("token", "value", null) }
        }
        ScriptedUser.enrolments = listOf(1, 2, 3)
        assertWhole()
        KeystoreControl.removeLockScreen()
        setLockScreen(false)
        val before = files()
        open(config = """{"onKeyLoss": "error", "rotateAfterDays": 1}""") { native ->
            assertFails("KEY_LOST") { native.unlock(TEXTS) }
        }
        ScriptedUser.setLockScreen()
        setLockScreen(true)
        open(config = """{"onKeyLoss": "error"}""") { native ->
            assertFails("KEY_LOST") { native.unlock(TEXTS) }
        }
        assertEquals(before, files())
    }

    @Test
    fun `a phone that cannot ask says so before anything changes`() {
        open { it.set("token", "value", null) }
        val before = files()
        ScriptedUser.enrolments = emptyList()
        open { native -> assertFails("INSUFFICIENT_SECURITY") { native.protect(BIOMETRY, TEXTS) } }
        assertEquals(before, files())
        open { assertEquals("value", it.get("token")) }
        open { native ->
            val impossible = Protection(UserAuthentication.DEVICE_CREDENTIAL, invalidatedByEnrolment = true)
            assertFails("INVALID_ARGUMENT") { native.protect(impossible, TEXTS) }
        }
    }

    @Test
    fun `the example of the documentation works`() {
        asking { assertEquals(null, readBehindBiometry(activity.get())) }
        assertEquals(1, takeShown())
        asking { assertEquals(null, readBehindBiometry(activity.get())) }
        assertEquals("it is still unlocked", 0, takeShown())
        Strongroom.open(activity.get(), "vault").use { it.lock() }
        asking { assertEquals(null, readBehindBiometry(activity.get())) }
        assertEquals(1, takeShown())
        Strongroom.open(activity.get(), "vault").use { it.clear() }
    }

    private fun protect() {
        open { native ->
            asking { native.protect(BIOMETRY, TEXTS) }
            native.set("token", "value", null)
        }
        takeShown()
    }

    /** A store as a process that has just started sees it: another configuration opens the file again. */
    private fun open(
        config: String = """{"rotateAfterDays": ${10_000 + opened++}}""",
        use: (SecureStorage) -> Unit,
    ) = SecureStorage.open(store, config).use(use)

    /** Runs a call that may wait for the user on a thread of its own, and the main thread meanwhile. */
    private fun asking(call: () -> Unit) {
        val done = CompletableFuture.runAsync(call)
        val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30)
        while (!done.isDone && System.nanoTime() < until) {
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(1)
        }
        try {
            done.get(1, TimeUnit.SECONDS)
        } catch (failure: ExecutionException) {
            throw checkNotNull(failure.cause)
        }
    }

    private fun assertFails(
        code: String,
        call: () -> Unit,
    ) {
        val failure = runCatching { asking(call) }.exceptionOrNull()
        assertEquals(code, (failure as? StorageException.Coded)?.code)
    }

    private fun assertUnlockFails(code: String) = open { native -> assertFails(code) { native.unlock(TEXTS) } }

    private fun assertWhole() =
        open { native ->
            asking { native.unlock(TEXTS) }
            assertEquals("value", native.get("token"))
        }

    /** What `KeyguardManager` says. */
    private fun setLockScreen(isSet: Boolean) =
        shadowOf(RuntimeEnvironment.getApplication().getSystemService(KeyguardManager::class.java)).setIsDeviceSecure(isSet)

    private fun takeShown() = ScriptedUser.shown.size.also { ScriptedUser.shown.clear() }

    private fun files() =
        noBackup
            .resolve("strongroom")
            .listFiles { file -> file.name.startsWith("$store.vault") }
            .orEmpty()
            .associate { it.name to it.readBytes().toList() }

    private companion object {
        var opened = 0
        const val LATE = 200L
        val BIOMETRY = Protection(UserAuthentication.BIOMETRY)
        val TEXTS = PromptTexts(title = "Unlock")
    }
}
