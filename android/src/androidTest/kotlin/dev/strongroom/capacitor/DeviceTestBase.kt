package dev.strongroom.capacitor

import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import dev.strongroom.ffi.Bridge
import dev.strongroom.ffi.EventListener
import dev.strongroom.ffi.StorageException
import org.json.JSONArray
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.runner.RunWith
import java.security.KeyStore
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger

/** Calls Rust as the shim does, over the Keystore of the device. */
@RunWith(AndroidJUnit4::class)
abstract class DeviceTestBase {
    private val bridges = CopyOnWriteArrayList<Bridge>()

    protected val context get() = InstrumentationRegistry.getInstrumentation().targetContext!!
    protected val keyStore: KeyStore get() = KeyStore.getInstance(PROVIDER).apply { load(null) }

    @Before
    fun load() = NativeLibrary.ensureLoaded(context)

    @After
    fun close() = bridges.forEach { it.close() }

    /** A store as a new process sees it. */
    protected inner class Process(
        val store: String = "test-$RUN-${next.incrementAndGet()}",
        private val config: Map<String, Any> = emptyMap(),
    ) {
        /** The events of the store so far, each with its name. */
        val events = CopyOnWriteArrayList<Pair<String, JSONObject>>()

        // Rust keeps a store open per process and configuration. With another configuration, it opens the file again.
        private val configuration = JSONObject(config + ("rotateAfterDays" to 1_000 + next.incrementAndGet()))
        private val bridge = Bridge(bridgeConfiguration(configuration, bridgeLogging = false), listener()).also { bridges += it }

        fun call(
            method: String,
            vararg options: Pair<String, Any>,
        ) = JSONObject(bridge.handle(method, jsonText(JSONObject(options.toMap()).put("store", store))))

        fun set(
            key: String,
            value: String,
        ) = call("set", "key" to key, "value" to value)

        fun get(key: String): String = call("get", "key" to key).getString("value")

        fun keys(): List<String> = call("keys").getJSONArray("value").strings()

        fun status() = call("getStatus")

        fun restarted() = Process(store, config)

        /** The names of its keys in the Keystore. */
        fun aliases(): List<String> = keyStore.aliases().toList().filter { it.startsWith("dev.strongroom:${context.packageName}:$store:v") }

        private fun listener() =
            object : EventListener {
                override fun onEvent(
                    name: String,
                    dataJson: String,
                ) {
                    val data = JSONObject(dataJson)
                    if (data.getString("store") == store) events += name to data
                }
            }
    }

    /** Runs [test] on a new store, and clears it afterwards. */
    protected fun withStore(
        config: Map<String, Any> = emptyMap(),
        test: (Process) -> Unit,
    ) {
        val process = Process(config = config)
        try {
            test(process)
        } finally {
            process.restarted().call("clear")
        }
    }

    protected fun assertRejected(
        code: String,
        call: () -> Any?,
    ): StorageException.Coded {
        val rejection = assertThrows(StorageException.Coded::class.java) { call() }
        assertEquals(rejection.detail, code, rejection.code)
        return rejection
    }

    /** Skips the test, and prints why. */
    protected fun skip(
        what: String,
        why: String,
    ) {
        println("SKIPPED: $what: $why")
        assumeTrue(why, false)
    }

    protected fun JSONArray.strings(): List<String> = (0 until length()).map(::getString)

    protected companion object {
        const val PROVIDER = "AndroidKeyStore"

        /** A store in quarantine stays on the device, so each run uses other names. */
        private val RUN = System.currentTimeMillis()
        private val next = AtomicInteger()
    }
}
