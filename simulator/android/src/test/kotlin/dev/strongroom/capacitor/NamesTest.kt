package dev.strongroom.capacitor

import android.content.Context
import org.junit.Assert.assertEquals
import org.junit.Test

/** An app may have types of its own with the names of ours: written in full, ours are others. If not, this does not compile. */
class NamesTest {
    private class SecureStorage(
        val ours: dev.strongroom.ffi.SecureStorage,
    )

    private class StorageException(
        val ours: dev.strongroom.ffi.StorageException.Coded,
    ) : Exception(ours)

    private object Strongroom {
        fun open(context: Context) =
            SecureStorage(
                dev.strongroom.capacitor.Strongroom
                    .open(context),
            )
    }

    @Test
    fun typesOfTheAppMayHaveOurNames() {
        val theirs =
            StorageException(
                dev.strongroom.ffi.StorageException
                    .Coded("LOCKED", "locked", true),
            )
        assertEquals("LOCKED", theirs.ours.code)
        assertEquals(SecureStorage::class.java, Strongroom::class.java.getMethod("open", Context::class.java).returnType)
    }
}
