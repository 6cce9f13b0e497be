package dev.strongroom.simulator

import android.net.Uri
import dev.strongroom.simulator.keystore.KeystoreControl
import org.json.JSONObject
import org.robolectric.android.controller.ActivityController

/** The commands of the driver, in addition to messages. */
internal class CommandTable(
    private val process: AppProcess,
    private val activity: ActivityController<SimActivity>,
) {
    private val bridge get() = activity.get().bridge
    private val webView get() = activity.get().webView

    /** A command that fails is answered; the process continues. */
    fun answer(command: JSONObject): JSONObject {
        val result = JSONObject().put("type", "result").put("id", command.getInt("id"))
        return runCatching { run(command.getString("name"), command.optJSONObject("args") ?: JSONObject()) }
            .fold(
                onSuccess = { result.put("ok", true).put("value", JSONObject.wrap(it)) },
                onFailure = { result.put("ok", false).put("error", it.toString()) },
            )
    }

    private fun run(
        name: String,
        arguments: JSONObject,
    ): Any? = if (name.startsWith("keystore.")) KeystoreControl.command(name, arguments) else runOnPhone(name, arguments)

    private fun runOnPhone(
        name: String,
        arguments: JSONObject,
    ): Any? =
        when (name) {
            "documentStartScript" -> webView.documentStartScript
            "asset" -> asset(Uri.parse(arguments.getString("url")))
            "pageStarted" -> process.onMainThread { pageStarted(arguments.getString("url")) }.get()
            "pause" -> process.onMainThread { activity.pause().stop() }.get().let { true }
            "resume" -> process.onMainThread { activity.restart().start().resume() }.get().let { true }
            "exit" -> process.stop().let { true }
            else -> error("Unknown command $name")
        }

    private fun asset(url: Uri): JSONObject {
        val response = bridge.webViewClient.shouldInterceptRequest(webView, PageRequest(url))
        return describe(checkNotNull(response) { "Capacitor leaves this address to the network" })
    }

    /** A new document: Capacitor drops the calls and listeners of the old one. */
    private fun pageStarted(url: String): Boolean {
        val client = bridge.webViewClient
        client.onPageStarted(webView, url, null)
        client.onPageCommitVisible(webView, url)
        client.onPageFinished(webView, url)
        return true
    }
}
