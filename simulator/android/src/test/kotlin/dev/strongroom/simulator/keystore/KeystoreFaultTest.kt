package dev.strongroom.simulator.keystore

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.concurrent.thread

/** What an app sees of each fault, and that it strikes when ordered. */
class KeystoreFaultTest : KeystoreTestBase() {
    @Test
    fun everyFaultLooksAsItDoesOnAPhone() {
        assertEquals(emptyList<String>(), Faults.NAMES - OUTCOMES.keys - INTERRUPTING)
        OUTCOMES.forEach { (name, expected) ->
            generate()
            val actual = outcomeWith(name)
            assertEquals(name, expected, actual)
            assertEquals("$name is over", "no failure", outcome { use() })
        }
    }

    @Test
    fun aFaultStrikesAtTheOrderedCallAsOftenAsOrdered() {
        val sealed = encrypt(generate())
        command("fault", "fault" to "badTag", "at" to 3, "times" to 2)
        val outcomes = (1..6).map { outcome { decrypt(key(), sealed) } }
        val bad = "AEADBadTagException < KeyStoreException(-30)"
        assertEquals(listOf("no failure", "no failure", bad, bad, "no failure", "no failure"), outcomes)
        command("fault", "fault" to "badTag", "times" to -1)
        assertTrue((1..9).all { outcome { decrypt(key(), sealed) } == bad })
        command("clearFaults")
        assertEquals("no failure", outcome { decrypt(key(), sealed) })
    }

    @Test
    fun anUnknownFaultOrCommandIsRefused() {
        assertThrows(IllegalArgumentException::class.java) { command("fault", "fault" to "nonesuch") }
        assertThrows(IllegalArgumentException::class.java) { command("nonesuch") }
    }

    @Test
    fun aSlowKeystoreAnswersLate() {
        generate()
        command("fault", "fault" to "slow", "ms" to 120)
        val start = System.nanoTime()
        key()
        assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) >= 120)
    }

    @Test
    fun aHangingKeystoreAnswersOnceTheFaultsAreCleared() {
        generate()
        command("fault", "fault" to "hang")
        val answer = inBackground { key() }
        assertThrows(TimeoutException::class.java) { answer.get(150, TimeUnit.MILLISECONDS) }
        command("clearFaults")
        assertFalse(answer.get(20, TimeUnit.SECONDS) == null)
    }

    @Test
    fun aBusyBackendIsTriedAgainByAndroidItselfForAsLongAsItLasts() {
        generate()
        command("fault", "fault" to "backendBusy", "times" to -1)
        val answer = inBackground { encrypt(key()) }
        // A generous limit, for a busy machine.
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20)
        while (count("encrypt") < 2 && System.nanoTime() < end) Thread.sleep(20)
        assertTrue(count("encrypt") > 1)
        assertFalse(answer.isDone)
        command("clearFaults")
        answer.get(20, TimeUnit.SECONDS)
    }

    private fun outcomeWith(fault: String): String {
        command("fault", "fault" to fault, "times" to -1)
        val outcome =
            when (fault) {
                "keyNotFound" -> outcome { checkNotNull(key()) { "null" } }
                "listFails" -> outcome { check(aliases().isNotEmpty()) { "empty" } }
                "deleteFails" -> outcome { keyStore().deleteEntry(ALIAS) }
                "generateFails" -> outcome { generate() }
                "softwareKey" -> outcome { check(info(generate()).securityLevel != 0) { "software" } }
                "strongBoxUnavailable", "strongBoxFails" -> outcome { generate { setIsStrongBoxBacked(true) } }
                "strongBoxBroken" -> {
                    generate { setIsStrongBoxBacked(true) }
                    outcome { use() }
                }
                "emptyAadFails" -> outcome { encrypt(key(), ByteArray(0)) }
                else -> outcome { use() }
            }
        command("clearFaults")
        return outcome
    }

    private fun use() {
        check(PLAIN.contentEquals(decrypt(key(), encrypt(key())))) { "other bytes" }
    }

    /** The chain of exceptions, by simple class names, with the codes of the daemon. */
    private fun outcome(body: () -> Unit): String =
        runCatching(body).exceptionOrNull()?.let { thrown ->
            generateSequence(thrown) { it.cause }.joinToString(" < ") {
                when (it) {
                    is android.security.KeyStoreException -> "KeyStoreException(${it.errorCode})"
                    is IllegalStateException -> it.message.orEmpty()
                    else -> it.javaClass.simpleName
                }
            }
        } ?: "no failure"

    private fun <T> inBackground(body: () -> T): CompletableFuture<T> {
        val answer = CompletableFuture<T>()
        thread(isDaemon = true) {
            runCatching(body).onSuccess(answer::complete).onFailure(answer::completeExceptionally)
        }
        return answer
    }

    private companion object {
        /** These have tests of their own, because they concern time. */
        val INTERRUPTING = setOf("slow", "hang", "generateHangs", "backendBusy")

        val OUTCOMES =
            mapOf(
                "authTokenMissing" to "IllegalBlockSizeException < KeyStoreException(-26)",
                "badTag" to "AEADBadTagException < KeyStoreException(-30)",
                "daemonDied" to "UnrecoverableKeyException < KeyStoreException(4)",
                "deleteFails" to "KeyStoreException < KeyStoreException(4)",
                "emptyAadFails" to "BadPaddingException < KeyStoreException(-38)",
                "generateFails" to "ProviderException < KeyStoreException(-1000)",
                "getKeyProviderException" to "ProviderException",
                "hardwareBusy" to "InvalidKeyException < KeyStoreException(-48)",
                "initProviderException" to "KeyStoreConnectException",
                "invalidKeyBlob" to "InvalidKeyException < KeyStoreException(-33)",
                "invalidatedAtLoad" to "UnrecoverableKeyException",
                "keyNotFound" to "null",
                "keyPermanentlyInvalidated" to "KeyPermanentlyInvalidatedException",
                "keyUnreadable" to "UnrecoverableKeyException < KeyStoreException(4)",
                "keyValueCorrupted" to "UnrecoverableKeyException < KeyStoreException(8)",
                "keystoreLocked" to "UserNotAuthenticatedException",
                "listFails" to "empty",
                "nullPointer" to "NullPointerException",
                "operationBusy" to "IllegalThreadStateException",
                "operationPruned" to "IllegalBlockSizeException < KeyStoreException(-28)",
                "outOfJavaMemory" to "OutOfMemoryError",
                "outOfMemory" to "InvalidKeyException < KeyStoreException(-41)",
                "softwareKey" to "software",
                "strongBoxBroken" to "IllegalBlockSizeException < KeyStoreException(-1000)",
                "strongBoxFails" to "ProviderException < KeyStoreException(-1000)",
                "strongBoxUnavailable" to "StrongBoxUnavailableException < KeyStoreException(-68)",
                "userNotAuthenticated" to "UserNotAuthenticatedException",
                "wrongPlaintext" to "other bytes",
            )
    }
}
