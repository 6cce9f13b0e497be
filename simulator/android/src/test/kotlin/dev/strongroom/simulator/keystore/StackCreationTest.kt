package dev.strongroom.simulator.keystore

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test

/** Making a key: its level, its self-test, and that a key that fails the self-test is destroyed. */
class StackCreationTest : StackTestBase() {
    @Test
    fun strongBoxIsUsedIfThereIsOne() {
        for (wish in listOf("prefer", "require")) {
            assertEquals("strongBox", levelAfterSet("strongBox" to wish))
        }
        assertEquals("trustedEnvironment", levelAfterSet("strongBox" to "off"))
    }

    @Test
    fun preferUsesTheTeeWhateverIsWrongWithStrongBox() {
        for (fault in listOf("strongBoxUnavailable", "strongBoxFails", "strongBoxBroken")) {
            fault(fault)
            assertEquals(fault, "trustedEnvironment", levelAfterSet("strongBox" to "prefer"))
            command("clearFaults")
        }
    }

    @Test
    fun requireAcceptsOnlyStrongBox() {
        val codes =
            mapOf(
                "strongBoxUnavailable" to ("INSUFFICIENT_SECURITY" to false),
                "strongBoxBroken" to ("INSUFFICIENT_SECURITY" to false),
                "softwareKey" to ("INSUFFICIENT_SECURITY" to false),
                // Only this answer does not distinguish missing hardware from busy hardware.
                "strongBoxFails" to ("UNAVAILABLE" to true),
            )
        codes.forEach { (fault, rejection) ->
            fault(fault)
            assertNothingIsMade(rejection.first, rejection.second, "strongBox" to "require")
        }
    }

    @Test
    fun aKeyBelowTheRequiredLevelIsDestroyedAgain() {
        fault("softwareKey")
        assertNothingIsMade("INSUFFICIENT_SECURITY", false, "minSecurityLevel" to "trustedEnvironment")
        fault("softwareKey")
        assertEquals("software", levelAfterSet())
        command("clearFaults")
        assertEquals("trustedEnvironment", levelAfterSet("minSecurityLevel" to "trustedEnvironment"))
        assertNothingIsMade("INSUFFICIENT_SECURITY", false, "minSecurityLevel" to "strongBox")
    }

    @Test
    fun aKeyThatFailsItsSelfTestIsDestroyedAgain() {
        for (fault in listOf("emptyAadFails", "wrongPlaintext", "badTag", "operationPruned", "generateFails")) {
            fault(fault)
            assertNothingIsMade("UNAVAILABLE", true)
        }
    }

    private fun levelAfterSet(vararg config: Pair<String, Any>): String {
        val process = Process(config = JSONObject(config.toMap()))
        process.set("key", "value")
        assertEquals(1, process.aliases().size)
        assertEquals("value", process.restarted(JSONObject(config.toMap())).get("key"))
        return process.status().getString("securityLevel")
    }

    private fun assertNothingIsMade(
        code: String,
        retryable: Boolean,
        vararg config: Pair<String, Any>,
    ) {
        val process = Process(config = JSONObject(config.toMap()))
        assertRejected(code, retryable) { process.set("key", "value") }
        assertEquals(emptyList<String>(), process.aliases())
        assertEquals(emptyMap<String, List<Byte>>(), process.files())
        command("clearFaults")
    }
}
