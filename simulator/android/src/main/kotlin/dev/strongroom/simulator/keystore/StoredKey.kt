package dev.strongroom.simulator.keystore

import android.hardware.security.keymint.Algorithm
import android.hardware.security.keymint.BlockMode
import android.hardware.security.keymint.ErrorCode
import android.hardware.security.keymint.KeyOrigin
import android.hardware.security.keymint.KeyParameter
import android.hardware.security.keymint.KeyParameterValue
import android.hardware.security.keymint.KeyPurpose
import android.hardware.security.keymint.Tag
import android.system.keystore2.Authorization
import android.system.keystore2.Domain
import android.system.keystore2.KeyDescriptor
import android.system.keystore2.KeyMetadata
import org.json.JSONObject
import java.security.SecureRandom
import java.util.Base64

/** A key with its parameters. Its bytes stay in the daemon; an app gets only [metadata]. */
internal class StoredKey(
    val alias: String,
    val id: Long,
    val madeBy: Int,
    /** The reported level of the key. It differs only on a device without secure hardware. */
    private val level: Int,
    val material: ByteArray,
    private val authorizations: Parameters,
) {
    /** Whether the user has to authorise each operation. */
    val asksUser = !authorizations.has(Tag.NO_AUTH_REQUIRED)
    private val isHmac = authorizations.int(Tag.ALGORITHM) == Algorithm.HMAC

    fun metadata(): KeyMetadata =
        KeyMetadata().apply {
            key =
                KeyDescriptor().apply {
                    domain = Domain.KEY_ID
                    nspace = id
                }
            keySecurityLevel = level
            modificationTimeMs = System.currentTimeMillis()
            authorizations =
                this@StoredKey
                    .authorizations.list
                    .map {
                        Authorization().apply {
                            securityLevel = level
                            keyParameter = it
                        }
                    }.toTypedArray()
        }

    /** Refuses an operation that the key does not allow. */
    fun allow(request: Parameters) {
        val purpose = request.int(Tag.PURPOSE)
        val now = System.currentTimeMillis()
        val expiry =
            if (purpose == KeyPurpose.ENCRYPT) Tag.ORIGINATION_EXPIRE_DATETIME else Tag.USAGE_EXPIRE_DATETIME
        val refusal =
            when {
                purpose !in authorizations.ints(Tag.PURPOSE) -> ErrorCode.INCOMPATIBLE_PURPOSE
                authorizations.date(Tag.ACTIVE_DATETIME).let { it != null && now < it } -> ErrorCode.KEY_NOT_YET_VALID
                authorizations.date(expiry).let { it != null && now > it } -> ErrorCode.KEY_EXPIRED
                isHmac -> return
                // No key for encryption asks the user here.
                asksUser -> ErrorCode.KEY_USER_NOT_AUTHENTICATED
                request.int(Tag.BLOCK_MODE) !in authorizations.ints(Tag.BLOCK_MODE) -> ErrorCode.INCOMPATIBLE_BLOCK_MODE
                request.int(Tag.PADDING) !in authorizations.ints(Tag.PADDING) -> ErrorCode.INCOMPATIBLE_PADDING_MODE
                purpose == KeyPurpose.ENCRYPT && request.has(Tag.NONCE) && !authorizations.has(Tag.CALLER_NONCE) ->
                    ErrorCode.CALLER_NONCE_PROHIBITED
                (request.int(Tag.MAC_LENGTH) ?: 0) < (authorizations.int(Tag.MIN_MAC_LENGTH) ?: 0) ->
                    ErrorCode.INVALID_MAC_LENGTH
                else -> return
            }
        throw answer(refusal)
    }

    /** The same key with other bytes, as restored or damaged hardware would have it. */
    fun withOtherMaterial() = StoredKey(alias, newId(), madeBy, level, random(material.size), authorizations)

    fun toJson(): JSONObject =
        JSONObject()
            .put("alias", alias)
            .put("id", id)
            .put("madeBy", madeBy)
            .put("level", level)
            .put("material", Base64.getEncoder().encodeToString(material))
            .put("authorizations", authorizations.toJson())

    companion object {
        private const val BITS_PER_BYTE = 8
        private val ALGORITHMS = setOf(Algorithm.AES, Algorithm.HMAC)
        private val KEY_SIZES = setOf(128, 192, 256)

        fun generate(
            alias: String,
            madeBy: Int,
            level: Int,
            parameters: Parameters,
        ): StoredKey {
            val bits = parameters.int(Tag.KEY_SIZE)
            if (parameters.int(Tag.ALGORITHM) !in ALGORITHMS) throw answer(ErrorCode.UNSUPPORTED_ALGORITHM)
            if (parameters.has(Tag.AUTH_TIMEOUT)) throw answer(ErrorCode.UNSUPPORTED_TAG)
            if (bits == null || bits !in KEY_SIZES) throw answer(ErrorCode.UNSUPPORTED_KEY_SIZE)
            if (BlockMode.GCM in parameters.ints(Tag.BLOCK_MODE) && !parameters.has(Tag.MIN_MAC_LENGTH)) {
                throw answer(ErrorCode.MISSING_MIN_MAC_LENGTH)
            }
            val added =
                listOf(
                    parameter(Tag.ORIGIN, KeyParameterValue.origin(KeyOrigin.GENERATED)),
                    parameter(Tag.CREATION_DATETIME, KeyParameterValue.dateTime(System.currentTimeMillis())),
                )
            return StoredKey(
                alias,
                newId(),
                madeBy,
                level,
                random(bits / BITS_PER_BYTE),
                Parameters(parameters.list.filter { it.tag != Tag.CREATION_DATETIME } + added),
            )
        }

        fun fromJson(json: JSONObject) =
            StoredKey(
                json.getString("alias"),
                json.getLong("id"),
                json.getInt("madeBy"),
                json.getInt("level"),
                Base64.getDecoder().decode(json.getString("material")),
                Parameters.fromJson(json.getJSONArray("authorizations")),
            )

        private fun parameter(
            tag: Int,
            value: KeyParameterValue,
        ) = KeyParameter().apply {
            this.tag = tag
            this.value = value
        }

        private fun newId() = SecureRandom().nextLong()

        private fun random(size: Int) = ByteArray(size).also { SecureRandom().nextBytes(it) }
    }
}
