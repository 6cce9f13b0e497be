package dev.strongroom.capacitor

import android.content.Intent
import android.os.Build
import androidx.test.platform.app.InstrumentationRegistry
import com.getcapacitor.BridgeActivity
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** The whole chain: a page in the device's WebView, Capacitor's bridge, the plugin, Rust and the Keystore. */
class WebViewDeviceTest : DeviceTestBase() {
    @Test
    fun aPageStoresAndNativeCodeReadsIt() =
        withPage { page ->
            page.call("set", "key" to "from the page", "value" to "vier 🔑")
            assertEquals("vier 🔑", page.call("get", "key" to "from the page").getString("value"))
            Strongroom.open(context).use { native ->
                assertEquals("vier 🔑", native.get("from the page"))
                native.set("from native code", "fünf", null)
            }
            assertEquals("fünf", page.call("get", "key" to "from native code").getString("value"))
            assertEquals("NOT_FOUND", page.call("get", "key" to "absent").getString("code"))
            page.call("clear")
            assertEquals("""{"value":[]}""", page.call("keys").toString())
        }

    private class Page(
        private val activity: BridgeActivity,
    ) {
        fun evaluate(script: String): String {
            val answer = CompletableFuture<String>()
            activity.bridge.eval(script) { answer.complete(it) }
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)
        }

        /** The result of the call, or its error. */
        fun call(
            method: String,
            vararg options: Pair<String, String>,
        ): JSONObject {
            val call = "Capacitor.nativePromise('SecureStorage', '$method', ${JSONObject(options.toMap())})"
            evaluate("window.answer = null; $call.then(function (v) { answer = v || {} }, function (e) { answer = { code: e.code } }); 0")
            return JSONObject(waitFor("answer") { it != "null" })
        }

        fun waitFor(
            expression: String,
            isThere: (String) -> Boolean,
        ): String {
            val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)
            while (true) {
                val value = evaluate(expression)
                if (isThere(value)) return value
                check(System.nanoTime() < end) { "$expression is $value" }
                Thread.sleep(50)
            }
        }
    }

    private fun withPage(test: (Page) -> Unit) {
        if (Build.FINGERPRINT == "robolectric") skip("WebViewDeviceTest", "the simulator has no WebView")
        val instrumentation = InstrumentationRegistry.getInstrumentation()
        val intent = Intent(context, BridgeActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        val activity = instrumentation.startActivitySync(intent) as BridgeActivity
        try {
            if (!activity.bridge.isMinimumWebViewInstalled) skip("WebViewDeviceTest", "the WebView is too old for Capacitor")
            val page = Page(activity)
            page.waitFor("document.readyState == 'complete' && !!window.Capacitor") { it == "true" }
            test(page)
        } finally {
            instrumentation.runOnMainSync(activity::finish)
        }
    }

    private companion object {
        const val PATIENCE_SECONDS = 30L
    }
}
