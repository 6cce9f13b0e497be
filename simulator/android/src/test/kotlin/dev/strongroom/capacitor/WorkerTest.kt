package dev.strongroom.capacitor

import androidx.test.ext.junit.runners.AndroidJUnit4
import com.getcapacitor.JSObject
import org.json.JSONException
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import java.io.IOException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.RejectedExecutionException

/** The shim's executor, over the real native library and the simulated Keystore. */
@RunWith(AndroidJUnit4::class)
class WorkerTest {
    private var configuration: () -> String = { bridgeConfiguration(plugin = JSONObject(), bridgeLogging = false) }
    private val events = EventQueue(later = Runnable::run) { _, _ -> }
    private val storage = Storage({ RuntimeEnvironment.getApplication() }, configuration = { configuration() }, events)
    private val worker = Worker(storage)

    @After
    fun shutDown() = worker.shutdown()

    @Test
    fun aCallIsAnsweredByRust() {
        assertEquals("android", forward("getPlatform").result.getString("value"))
    }

    @Test
    fun aCodedFailureKeepsItsCodeAndItsText() {
        assertEquals(Rejection("INVALID_ARGUMENT", "`key` is missing", false), forward("get").rejection)
    }

    @Test
    fun theCallingThreadNeverWaits() {
        val held = CountDownLatch(1)
        val usual = configuration
        configuration = { usual().also { held.await() } }
        val calls = List(3) { forward("getPlatform") }
        assertEquals(listOf(false, false, false), calls.map { it.isAnswered })
        held.countDown()
        calls.forEach { assertEquals("android", it.result.getString("value")) }
    }

    @Test
    fun everyExceptionBecomesACodedRejectionWithoutItsText() {
        val expected =
            mapOf(
                UnsatisfiedLinkError(SECRET) to "NOT_INITIALISED",
                NoClassDefFoundError(SECRET) to "NOT_INITIALISED",
                ExceptionInInitializerError(SECRET) to "NOT_INITIALISED",
                IllegalStateException(SECRET) to "NOT_INITIALISED",
                IOException(SECRET) to "INTERNAL",
                JSONException(SECRET) to "INTERNAL",
                NullPointerException(SECRET) to "INTERNAL",
                AssertionError(SECRET) to "INTERNAL",
                OutOfMemoryError(SECRET) to "INTERNAL",
                StackOverflowError(SECRET) to "INTERNAL",
                object : Throwable(SECRET) {} to "INTERNAL",
            )
        val usual = configuration
        for ((failure, code) in expected) {
            configuration = { throw failure }
            val rejection = forward("getPlatform").rejection
            assertEquals(failure.toString(), code, rejection.code)
            assertFalse(rejection.retryable)
            assertFalse(SECRET in rejection.message)
        }
        configuration = usual
        assertEquals("android", forward("getPlatform").result.getString("value"))
    }

    @Test
    fun aRefusedConfigurationIsTriedAgainAtTheNextCall() {
        val usual = configuration
        configuration = { bridgeConfiguration(JSONObject().put("onKeyLoss", "shrug"), bridgeLogging = false) }
        assertEquals("INVALID_ARGUMENT", forward("getPlatform").rejection.code)
        configuration = usual
        assertEquals("android", forward("getPlatform").result.getString("value"))
    }

    @Test
    fun optionsThatAndroidCannotWriteAreRefused() {
        val options = JSObject("""{"key": "a", "value": [1e400]}""")
        assertEquals("INVALID_ARGUMENT", forward("set", options).rejection.code)
    }

    @Test
    fun aLoneSurrogateIsRefusedAndAPairIsNot() {
        assertEquals("INVALID_ARGUMENT", forward("has", JSObject().put("key", "\ud83d")).rejection.code)
        assertFalse(forward("has", JSObject().put("key", "\ud83d\udd11")).result.getBoolean("value"))
    }

    @Test
    fun destroyingAnswersWaitingCallsAndRefusesLaterOnes() {
        val held = CountDownLatch(1)
        val usual = configuration
        configuration = { usual().also { held.await() } }
        val waiting = List(3) { forward("getPlatform") }
        worker.shutdown()
        val late = forward("getPlatform")
        assertEquals("NOT_INITIALISED", late.rejection.code)
        held.countDown()
        waiting.forEach { assertEquals("android", it.result.getString("value")) }
        worker.shutdown()
    }

    @Test
    fun aClosedStorageOpensNoSecondBridge() {
        assertEquals("android", forward("getPlatform").result.getString("value"))
        var opened = 0
        val usual = configuration
        configuration = { usual().also { opened++ } }
        storage.close()
        assertThrows(RejectedExecutionException::class.java) { storage.handle("getPlatform", "{}") }
        assertEquals(0, opened)
        assertEquals("NOT_INITIALISED", forward("getPlatform").rejection.code)
    }

    private fun forward(
        method: String,
        options: JSObject = JSObject(),
    ) = RecordingCall(method, options).also(worker::forward)

    private companion object {
        const val SECRET = "text with user data"
    }
}
