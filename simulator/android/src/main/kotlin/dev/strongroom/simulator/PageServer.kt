package dev.strongroom.simulator

import org.json.JSONObject
import java.io.BufferedWriter
import java.io.IOException
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import kotlin.concurrent.thread

/**
 * The connection to the page: newline-delimited JSON over TCP, on loopback only, for one client at a time. A message sent
 * while no client is connected is lost, like a message to a closed page.
 */
internal class PageServer(
    port: Int,
    private val commands: CommandTable,
) : Page {
    private val socket = ServerSocket(port, 1, InetAddress.getLoopbackAddress())
    private val writing = Any()
    private var writer: BufferedWriter? = null

    /** Prints the port to standard output. */
    fun start(webView: SimWebView) {
        thread(name = "page server", isDaemon = true) {
            while (true) socket.accept().use { serve(it, webView) }
        }
        println(JSONObject().put("port", socket.localPort))
    }

    override fun reply(data: String) = send(JSONObject().put("type", "reply").put("data", data))

    override fun evaluate(script: String) = send(JSONObject().put("type", "eval").put("script", script))

    private fun serve(
        client: Socket,
        webView: SimWebView,
    ) {
        client.tcpNoDelay = true
        synchronized(writing) { writer = client.getOutputStream().bufferedWriter() }
        try {
            client.getInputStream().bufferedReader().forEachLine { line -> receive(JSONObject(line), webView) }
        } catch (gone: IOException) {
            System.err.println("The client went away: $gone")
        }
        synchronized(writing) { writer = null }
    }

    private fun receive(
        message: JSONObject,
        webView: SimWebView,
    ) {
        when (val type = message.getString("type")) {
            "message" ->
                webView.receive(
                    data = message.getString("data"),
                    origin = message.getString("origin"),
                    isMainFrame = message.getBoolean("mainFrame"),
                )
            "command" -> send(commands.answer(message))
            else -> error("Unknown type $type")
        }
    }

    private fun send(message: JSONObject) {
        synchronized(writing) {
            try {
                writer?.apply {
                    write(message.toString())
                    newLine()
                    flush()
                }
            } catch (_: IOException) {
                // The reading side notices and reports it, too.
                writer = null
            }
        }
    }
}
