package dev.strongroom.simulator

import dev.strongroom.capacitor.escapeSurrogates
import org.json.JSONObject
import java.io.BufferedReader
import java.io.BufferedWriter
import java.io.File
import java.net.InetAddress
import java.net.Socket
import java.util.concurrent.TimeUnit

/** A running simulator and a page connected to it. */
internal class SimulatorProcess(
    data: File,
    assets: File,
    libraryPath: String = System.getProperty("simulator.library.path")!!,
) : AutoCloseable {
    private val process: Process
    private val socket: Socket
    private val reader: BufferedReader
    private val writer: BufferedWriter
    private var lastId = 0

    init {
        process =
            ProcessBuilder(
                "${System.getProperty("simulator.directory")}/run",
                "--data",
                data.path,
                "--assets",
                assets.path,
                "--library-path",
                libraryPath,
                "--class-path",
                testClasses(),
            ).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val line = checkNotNull(process.inputStream.bufferedReader().readLine()) { "The simulator did not start" }
        socket = Socket(InetAddress.getLoopbackAddress(), JSONObject(line).getInt("port"))
        socket.soTimeout = PATIENCE_MS
        reader = socket.getInputStream().bufferedReader()
        writer = socket.getOutputStream().bufferedWriter()
    }

    /** Sends a message as a page's `androidBridge.postMessage` does. */
    fun post(
        data: String,
        origin: String = "https://localhost",
        mainFrame: Boolean = true,
    ) = send(
        JSONObject()
            .put("type", "message")
            .put("data", data)
            .put("origin", origin)
            .put("mainFrame", mainFrame),
    )

    /** Posts a plugin call and returns its callback id. */
    fun postCall(
        method: String,
        options: JSONObject = JSONObject(),
        plugin: String = "SecureStorage",
        origin: String = "https://localhost",
        mainFrame: Boolean = true,
    ): String {
        val id = (++lastId).toString()
        post(message(id, plugin, method, options), origin, mainFrame)
        return id
    }

    /** Calls the plugin and returns its response. */
    fun call(
        method: String,
        vararg options: Pair<String, Any>,
    ): JSONObject {
        val id = postCall(method, JSONObject(options.toMap()))
        return nextReply().also { check(it.getString("callbackId") == id) { "Answer to another call: $it" } }
    }

    /**
     * The next response to the page; other scripts are skipped. Capacitor answers the first call with a script
     * if the answer is ready before Capacitor has stored the reply channel.
     */
    fun nextReply(): JSONObject =
        messages().firstNotNullOf {
            when (it.getString("type")) {
                "reply" -> JSONObject(it.getString("data"))
                "eval" -> FIRST_REPLY.find(it.getString("script"))?.let { match -> JSONObject(match.groupValues[1]) }
                else -> null
            }
        }

    /** Runs a command and returns `value`, or throws the simulator's error. */
    fun command(
        name: String,
        vararg args: Pair<String, Any>,
    ): Any {
        val id = ++lastId
        val arguments = JSONObject(args.toMap())
        send(
            JSONObject()
                .put("type", "command")
                .put("id", id)
                .put("name", name)
                .put("args", arguments),
        )
        val result = messages().first { it.getString("type") == "result" }
        check(result.getInt("id") == id)
        check(result.getBoolean("ok")) { result.getString("error") }
        return result.opt("value") ?: JSONObject.NULL
    }

    /** Kills it as the system kills an app: without notice. */
    fun kill() {
        process.destroyForcibly()
        exitStatus()
    }

    fun exitStatus(): Int {
        check(process.waitFor(PATIENCE_MS.toLong(), TimeUnit.MILLISECONDS)) { "The simulator is still running" }
        return process.exitValue()
    }

    override fun close() {
        socket.close()
        kill()
    }

    private fun send(message: JSONObject) {
        writer.write(message.toString())
        writer.newLine()
        writer.flush()
    }

    private fun messages() = generateSequence { reader.readLine() }.map { JSONObject(it) }

    companion object {
        private const val PATIENCE_MS = 30_000
        private val FIRST_REPLY = Regex("""^window\.Capacitor\.fromNative\((.*)\)$""")

        /** As `JSON.stringify` would write it, which escapes lone surrogates, too. */
        fun message(
            id: String,
            plugin: String,
            method: String,
            options: JSONObject,
        ) = escapeSurrogates(
            JSONObject()
                .put("callbackId", id)
                .put("pluginId", plugin)
                .put("methodName", method)
                .put("options", options)
                .toString(),
        )

        private fun testClasses() =
            File(
                SimulatorProcess::class.java.protectionDomain.codeSource.location
                    .toURI(),
            ).path
    }
}
