package dev.strongroom.simulator

import com.getcapacitor.BridgeActivity
import com.getcapacitor.android.R

/** Capacitor's activity, without the two places that need compiled resources. */
class SimActivity : BridgeActivity() {
    lateinit var page: Page
    lateinit var webView: SimWebView
        private set

    override fun setContentView(layout: Int) {
        require(layout == R.layout.capacitor_bridge_layout_main) { "Capacitor found no WebView" }
        webView = SimWebView(this, page)
        webView.id = R.id.webview
        setContentView(webView)
    }

    /** The themes are resources too, and nothing is drawn. */
    override fun setTheme(resid: Int) = Unit
}
