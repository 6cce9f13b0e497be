package dev.strongroom.simulator

import android.net.Uri
import android.webkit.WebResourceRequest
import android.webkit.WebResourceResponse
import org.json.JSONObject
import java.util.Base64

/** The page's request for a file of the app. */
internal class PageRequest(
    private val url: Uri,
) : WebResourceRequest {
    override fun getUrl() = url

    override fun isForMainFrame() = true

    override fun isRedirect() = false

    override fun hasGesture() = false

    override fun getMethod() = "GET"

    override fun getRequestHeaders(): Map<String, String> = emptyMap()
}

/** Capacitor's answer, for the browser to serve. */
internal fun describe(response: WebResourceResponse): JSONObject =
    JSONObject()
        .put("status", response.statusCode.takeIf { it != 0 } ?: OK)
        .put("mimeType", response.mimeType)
        .put("headers", JSONObject(response.responseHeaders ?: emptyMap<String, String>()))
        .put("base64", Base64.getEncoder().encodeToString(response.data?.readBytes() ?: ByteArray(0)))

private const val OK = 200
