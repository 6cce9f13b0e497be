package dev.strongroom.simulator

import dev.strongroom.capacitor.StrongroomPlugin
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.util.concurrent.TimeUnit.SECONDS

/** Two processes of one app, with the same files and the same keys. */
class TwoProcessesTest {
    @get:Rule
    val directory = TemporaryFolder()

    @Test
    fun aKeyThatOneProcessMakesTooLateDoesNotReplaceTheOther() {
        val data = directory.newFolder("data")
        val assets = writeAssets(directory.newFile("assets.zip"), plugins = listOf(StrongroomPlugin::class.java))
        SimulatorProcess(data, assets).use { slow ->
            slow.command("keystore.fault", "fault" to "generateHangs")
            assertEquals("UNAVAILABLE", slow.call("set", "key" to "a", "value" to "refused").code())
            SimulatorProcess(data, assets).use { other ->
                assertTrue(other.call("set", "key" to "b", "value" to "acknowledged").getBoolean("success"))
                // Now the Keystore makes the key of the first call.
                slow.command("keystore.clearFaults")
                slow.untilServed("set", "store" to "another", "key" to "c", "value" to "d")
            }
        }
        SimulatorProcess(data, assets).use { next ->
            assertEquals("acknowledged", next.call("get", "key" to "b").getJSONObject("data").getString("value"))
            assertEquals("NOT_FOUND", next.call("get", "key" to "a").code())
        }
    }

    private fun JSONObject.code(): String = getJSONObject("error").getString("code")

    private fun SimulatorProcess.untilServed(
        method: String,
        vararg options: Pair<String, Any>,
    ) {
        val end = System.nanoTime() + SECONDS.toNanos(PATIENCE)
        while (!call(method, *options).getBoolean("success")) {
            check(System.nanoTime() < end) { "It is not served" }
            Thread.sleep(50)
        }
    }

    private companion object {
        const val PATIENCE = 60L
    }
}
