package dev.strongroom.capacitor

import org.json.JSONObject

/** The configuration document that the Rust bridge is opened with. */
internal fun bridgeConfiguration(
    plugin: JSONObject,
    bridgeLogging: Boolean,
): String =
    jsonText(
        JSONObject()
            .put("config", plugin)
            .put("bridgeLogging", bridgeLogging)
            .put("platform", "android"),
    )

/**
 * JSON that UniFFI can carry. Where Android cannot write an object, for instance for an infinite number, it answers
 * null: the empty text then stands for it, which is not JSON and which Rust refuses.
 */
internal fun jsonText(value: JSONObject): String {
    val text: String? = value.toString()
    return escapeSurrogates(text ?: "")
}

/**
 * A lone surrogate is valid in a JavaScript string and in JSON text as an escape, but not in UTF-8, which is how the
 * text reaches Rust. Escaped, it gets there and is judged there.
 */
internal fun escapeSurrogates(json: String): String {
    if (json.none(Char::isSurrogate)) return json
    return buildString(json.length) {
        for (char in json) {
            if (char.isSurrogate()) append("\\u").append(Integer.toHexString(char.code)) else append(char)
        }
    }
}
