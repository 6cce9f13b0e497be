package dev.strongroom.simulator

import android.content.Context
import android.net.Uri
import android.os.Handler
import android.os.Looper
import android.webkit.ValueCallback
import androidx.webkit.JavaScriptReplyProxy
import androidx.webkit.ScriptHandler
import androidx.webkit.WebMessageCompat
import androidx.webkit.WebViewCompat.WebMessageListener
import com.getcapacitor.CapacitorWebView

/** A WebView whose page is in a browser. */
class SimWebView(
    context: Context,
    private val page: Page,
) : CapacitorWebView(context, null),
    WebPage {
    private val main = Handler(Looper.getMainLooper())
    private val replies =
        object : JavaScriptReplyProxy() {
            override fun postMessage(message: String) = page.reply(message)
        }
    private var messageRules = OriginRules(emptySet())
    private var messageListener: WebMessageListener? = null

    /** The script that runs in the page before its own scripts. */
    var documentStartScript: String? = null
        private set

    /** A message of the page. If no rule allows the origin, a real WebView does not even give the page the object. */
    fun receive(
        data: String,
        origin: String,
        isMainFrame: Boolean,
    ) {
        val listener = messageListener ?: return
        if (!messageRules.allow(origin)) return
        main.post { listener.onPostMessage(this, WebMessageCompat(data), Uri.parse(origin), isMainFrame, replies) }
    }

    override fun addWebMessageListener(
        jsObjectName: String,
        allowedOriginRules: Set<String>,
        listener: WebMessageListener,
    ) {
        require(jsObjectName == "androidBridge") { "Unknown object $jsObjectName" }
        messageRules = OriginRules(allowedOriginRules)
        messageListener = listener
    }

    override fun addDocumentStartScript(
        script: String,
        allowedOriginRules: Set<String>,
    ): ScriptHandler {
        documentStartScript = script
        return ScriptHandler { documentStartScript = null }
    }

    /** Capacitor's own code does not use the value of a script that answers a call. */
    override fun evaluateJavascript(
        script: String,
        resultCallback: ValueCallback<String>?,
    ) = page.evaluate(script)

    /** The browser loads the page by itself, through the `asset` command. */
    override fun loadUrl(url: String) = Unit
}
