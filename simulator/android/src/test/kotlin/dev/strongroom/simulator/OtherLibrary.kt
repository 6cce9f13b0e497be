package dev.strongroom.simulator

import com.sun.jna.NativeLibrary
import com.sun.jna.Pointer
import java.io.File
import java.io.RandomAccessFile

/**
 * Writes the library with one function changed: [function], which returns a constant that UniFFI's bindings compare, returns that
 * of another one.
 */
internal fun writeLibraryThatAnswersOtherwise(
    file: File,
    function: String,
) {
    val original = File(System.getProperty("simulator.library.path")!!, "libstrongroom.so")
    original.copyTo(file, overwrite = true)
    val library = NativeLibrary.getInstance(original.path)
    val other = library.getFunction("uniffi_strongroom_checksum_method_securestorage_get")
    RandomAccessFile(file, "rw").use {
        it.seek(placeInFile(library.getFunction(function)))
        it.write(other.getByteArray(0, CODE_BYTES))
    }
}

/** The file offset of code in memory, from the system's list of mappings. */
private fun placeInFile(code: Pointer): Long {
    val address = Pointer.nativeValue(code)
    for (line in File("/proc/self/maps").readLines()) {
        val (range, _, offset) = line.split(Regex(" +"))
        val (start, end) = range.split("-").map { java.lang.Long.parseUnsignedLong(it, 16) }
        if (address in start until end) return address - start + offset.toLong(16)
    }
    error("The function is not mapped")
}

/** A constant and a return: five bytes on x86-64, eight on ARM. */
private const val CODE_BYTES = 8
