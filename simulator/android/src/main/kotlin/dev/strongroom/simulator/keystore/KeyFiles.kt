package dev.strongroom.simulator.keystore

import org.json.JSONObject
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE
import java.util.HexFormat
import kotlin.io.path.deleteIfExists
import kotlin.io.path.exists
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText

/**
 * The keys, one unencrypted file per alias: this directory represents the secure hardware. They survive any end of the
 * process, because a phone's Keystore also keeps every acknowledged key after a crash.
 */
internal class KeyFiles(
    private val directory: Path,
) {
    init {
        Files.createDirectories(directory)
    }

    @Synchronized
    fun aliases(): List<String> = directory.listDirectoryEntries("*.$PRESENT").map { aliasOf(it) }.sorted()

    @Synchronized
    fun byAlias(alias: String): StoredKey? = file(alias, PRESENT).takeIf { it.exists() }?.let { read(it) }

    @Synchronized
    fun byId(id: Long): StoredKey? = aliases().mapNotNull { byAlias(it) }.find { it.id == id }

    @Synchronized
    fun save(key: StoredKey) {
        val temporary = file(key.alias, "tmp")
        FileChannel.open(temporary, CREATE, TRUNCATE_EXISTING, WRITE).use {
            it.write(Charsets.UTF_8.encode(key.toJson().toString()))
            it.force(true)
        }
        move(temporary, file(key.alias, PRESENT))
    }

    /** Whether there was such a key. */
    @Synchronized
    fun delete(alias: String): Boolean = file(alias, PRESENT).deleteIfExists().also { sync() }

    /** Hides a key, as a system update might. */
    @Synchronized
    fun hide(alias: String) = move(file(alias, PRESENT), file(alias, HIDDEN))

    /** Shows a hidden key again, as the next update might. */
    @Synchronized
    fun restore(alias: String) = move(file(alias, HIDDEN), file(alias, PRESENT))

    /** Puts another key under the same alias. */
    @Synchronized
    fun swap(alias: String) = save(requireNotNull(byAlias(alias)) { "There is no such alias" }.withOtherMaterial())

    private fun move(
        from: Path,
        to: Path,
    ) {
        Files.move(from, to, ATOMIC_MOVE)
        sync()
    }

    private fun sync() = FileChannel.open(directory, READ).use { it.force(true) }

    private fun file(
        alias: String,
        extension: String,
    ) = directory.resolve("${HexFormat.of().formatHex(alias.toByteArray())}.$extension")

    private fun aliasOf(file: Path) = String(HexFormat.of().parseHex(file.nameWithoutExtension))

    private fun read(file: Path) = StoredKey.fromJson(JSONObject(file.readText()))

    private companion object {
        const val PRESENT = "key"
        const val HIDDEN = "hidden"
    }
}
