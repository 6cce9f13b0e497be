package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.KeyParameter
import android.hardware.security.keymint.KeyParameterValue
import org.json.JSONArray
import org.json.JSONObject
import java.util.Base64

/** KeyMint's tagged parameters: for a key, its allowed uses; for an operation, the request. */
internal class Parameters(
    val list: List<KeyParameter>,
) {
    constructor(array: Array<KeyParameter>) : this(array.toList())

    fun has(tag: Int) = list.any { it.tag == tag }

    fun int(tag: Int): Int? = ints(tag).firstOrNull()

    fun ints(tag: Int): List<Int> = values(tag).map { KINDS.getValue(it.tag).get(it) as Int }

    fun date(tag: Int): Long? = values(tag).firstOrNull()?.dateTime

    fun blob(tag: Int): ByteArray? = values(tag).firstOrNull()?.blob

    fun toJson() =
        JSONArray(
            list.map {
                val value = KINDS.getValue(it.value.tag).get(it.value)
                JSONObject()
                    .put("tag", it.tag)
                    .put("kind", it.value.tag)
                    .put("value", if (value is ByteArray) Base64.getEncoder().encodeToString(value) else value)
            },
        )

    private fun values(tag: Int) = list.filter { it.tag == tag }.map { it.value }

    /** Reads a value of one kind, and makes one from its JSON. */
    private class Kind(
        val get: (KeyParameterValue) -> Any,
        val of: (Any) -> KeyParameterValue,
    )

    companion object {
        fun fromJson(json: JSONArray) =
            Parameters(
                (0 until json.length()).map(json::getJSONObject).map {
                    KeyParameter().apply {
                        tag = it.getInt("tag")
                        value = KINDS.getValue(it.getInt("kind")).of(it.get("value"))
                    }
                },
            )

        private fun intKind(
            get: (KeyParameterValue) -> Int,
            of: (Int) -> KeyParameterValue,
        ) = Kind(get) { of((it as Number).toInt()) }

        private fun longKind(
            get: (KeyParameterValue) -> Long,
            of: (Long) -> KeyParameterValue,
        ) = Kind(get) { of((it as Number).toLong()) }

        private val KINDS =
            mapOf(
                KeyParameterValue.algorithm to intKind({ it.algorithm }, KeyParameterValue::algorithm),
                KeyParameterValue.blockMode to intKind({ it.blockMode }, KeyParameterValue::blockMode),
                KeyParameterValue.paddingMode to intKind({ it.paddingMode }, KeyParameterValue::paddingMode),
                KeyParameterValue.digest to intKind({ it.digest }, KeyParameterValue::digest),
                KeyParameterValue.ecCurve to intKind({ it.ecCurve }, KeyParameterValue::ecCurve),
                KeyParameterValue.origin to intKind({ it.origin }, KeyParameterValue::origin),
                KeyParameterValue.keyPurpose to intKind({ it.keyPurpose }, KeyParameterValue::keyPurpose),
                KeyParameterValue.hardwareAuthenticatorType to
                    intKind({ it.hardwareAuthenticatorType }, KeyParameterValue::hardwareAuthenticatorType),
                KeyParameterValue.securityLevel to intKind({ it.securityLevel }, KeyParameterValue::securityLevel),
                KeyParameterValue.boolValue to
                    Kind({ it.boolValue }, { KeyParameterValue.boolValue(it as Boolean) }),
                KeyParameterValue.integer to intKind({ it.integer }, KeyParameterValue::integer),
                KeyParameterValue.longInteger to longKind({ it.longInteger }, KeyParameterValue::longInteger),
                KeyParameterValue.dateTime to longKind({ it.dateTime }, KeyParameterValue::dateTime),
                KeyParameterValue.blob to
                    Kind({ it.blob }, { KeyParameterValue.blob(Base64.getDecoder().decode(it as String)) }),
            )
    }
}
