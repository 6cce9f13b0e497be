package dev.strongroom.simulator

/** The page in the browser, as seen from the WebView. Called from any thread. */
interface Page {
    /** A message to the page's `androidBridge`. */
    fun reply(data: String)

    fun evaluate(script: String)
}
