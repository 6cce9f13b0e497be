package dev.strongroom.capacitor

import org.json.JSONObject

/** The configuration for the Rust bridge. */
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
 * JSON that UniFFI can carry. If Android cannot write an object, for example because of an infinite number, it returns
 * null. This function then returns the empty text, which is not JSON, so Rust refuses it.
 */
internal fun jsonText(value: JSONObject): String {
    val text: String? = value.toString()
    return escapeSurrogates(text ?: "")
}

/**
 * Escapes surrogates. A lone surrogate is valid in a JavaScript string, and in JSON as an escape, but not in the UTF-8 that
 * Rust receives. Rust reads the escape and refuses it.
 */
internal fun escapeSurrogates(json: String): String {
    if (json.none(Char::isSurrogate)) return json
    return buildString(json.length) {
        for (char in json) {
            if (char.isSurrogate()) append("\\u").append(Integer.toHexString(char.code)) else append(char)
        }
    }
}
