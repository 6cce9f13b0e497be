package dev.strongroom.simulator

/** The page in the browser, as the WebView sees it. Any thread may call it. */
interface Page {
    /** A message to the page's `androidBridge`. */
    fun reply(data: String)

    fun evaluate(script: String)
}
