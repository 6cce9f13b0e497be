package dev.strongroom.simulator.keystore

import android.content.Context
import android.content.ContextWrapper
import dev.strongroom.capacitor.NativeLibrary
import dev.strongroom.ffi.Bridge
import dev.strongroom.ffi.EventListener
import dev.strongroom.ffi.StorageException
import org.json.JSONArray
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.ConscryptMode
import java.io.File
import java.nio.file.Files
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger

/** Runs the whole native stack: UniFFI, Rust, JNI, Android's provider, and the simulated daemon. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [34], manifest = Config.NONE)
@ConscryptMode(ConscryptMode.Mode.OFF)
abstract class StackTestBase {
    private val bridges = ConcurrentLinkedQueue<Bridge>()

    @Before
    fun start() {
        KeystoreControl.install(keys.toPath())
        NativeLibrary.ensureLoaded(context)
    }

    @After
    fun stop() {
        command("clearFaults")
        bridges.forEach { it.close() }
    }

    /** A store as a process that has just started sees it. */
    protected inner class Process(
        val store: String = newStore(),
        private val config: JSONObject = JSONObject(),
        private val before: Process? = null,
    ) {
        /** The beginning of its keys' aliases. */
        val aliasPrefix = "dev.strongroom:${context.packageName}:$store:v"

        /** The events of the store since then, by name. */
        val events = CopyOnWriteArrayList<Pair<String, JSONObject>>()

        // Rust keeps a store open per process and configuration. Another configuration opens the file again.
        private val bridge =
            Bridge(
                JSONObject()
                    .put("config", JSONObject(config.toString()).put("rotateAfterDays", 1_000 + next.incrementAndGet()))
                    .put("bridgeLogging", false)
                    .put("platform", "android")
                    .toString(),
                listener(),
            ).also { bridges += it }

        fun call(
            method: String,
            vararg options: Pair<String, Any>,
        ) = JSONObject(bridge.handle(method, JSONObject(options.toMap()).put("store", store).toString()))

        fun set(
            key: String,
            value: String,
        ) = call("set", "key" to key, "value" to value)

        fun get(key: String): String = call("get", "key" to key).getString("value")

        fun status() = call("getStatus")

        fun restarted(config: JSONObject = this.config) = Process(store, config, before = this)

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

        /** Empties the store, so that no process holds a file. */
        fun close() {
            call("clear")
            bridges -= bridge
            bridge.close()
            before?.close()
        }

        /** Name and bytes of all files of the store, without the empty lock file. */
        fun files(): Map<String, List<Byte>> =
            File(noBackup, "strongroom")
                .listFiles { file -> file.name.startsWith("$store.") && file.extension != "lock" }
                .orEmpty()
                .associate { it.name to it.readBytes().toList() }

        fun aliases(): List<String> {
            val all = command("aliases") as JSONArray
            return (0 until all.length()).map(all::getString).filter { it.startsWith(aliasPrefix) }
        }
    }

    protected fun command(
        name: String,
        vararg args: Pair<String, Any>,
    ): Any? = KeystoreControl.command("keystore.$name", JSONObject(args.toMap()))

    protected fun fault(
        name: String,
        times: Int = -1,
        at: Int = 1,
    ) {
        command("fault", "fault" to name, "times" to times, "at" to at)
    }

    protected fun count(name: String) = (command("counts") as JSONObject).getInt(name)

    /** Expects [code], and no text of the system in the message. */
    protected fun assertRejected(
        code: String,
        retryable: Boolean,
        call: () -> Any?,
    ) {
        val rejection = assertThrows(StorageException.Coded::class.java) { call() }
        assertEquals(rejection.detail, code, rejection.code)
        assertEquals(retryable, rejection.retryable)
        assertFalse(rejection.detail, QUOTE in rejection.detail || "dev.strongroom" in rejection.detail)
    }

    protected companion object {
        private val next = AtomicInteger()
        private val root: File by lazy {
            Files.createTempDirectory("strongroom").toFile().also { directory ->
                Runtime.getRuntime().addShutdownHook(Thread { directory.deleteRecursively() })
            }
        }
        val noBackup: File by lazy { File(root, "no_backup").apply { mkdir() } }
        val keys: File by lazy { File(root, "keystore").apply { mkdir() } }

        fun newStore() = "store${next.incrementAndGet()}x"

        /** The native library keeps the first context that it gets, so this one outlives the test. */
        val context: Context by lazy { LastingContext(RuntimeEnvironment.getApplication()) }
    }

    private class LastingContext(
        base: Context,
    ) : ContextWrapper(base) {
        override fun getApplicationContext() = this

        override fun getNoBackupFilesDir() = noBackup
    }
}
