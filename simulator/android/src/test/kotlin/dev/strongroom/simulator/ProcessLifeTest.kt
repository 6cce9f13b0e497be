package dev.strongroom.simulator

import dev.strongroom.capacitor.StrongroomPlugin
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File

/** How the app's process ends, and what remains. */
class ProcessLifeTest {
    @get:Rule
    val directory = TemporaryFolder()
    private lateinit var data: File
    private lateinit var assets: File

    @Before
    fun writeFiles() {
        data = directory.newFolder("data")
        assets =
            writeAssets(
                directory.newFile("assets.zip"),
                plugins = listOf(StrongroomPlugin::class.java, MisbehavingPlugin::class.java),
            )
    }

    @Test
    fun valuesSurviveAKilledProcess() {
        SimulatorProcess(data, assets).use { phone ->
            assertTrue(phone.call("set", "key" to "schlüssel:🔑", "value" to "wert").getBoolean("success"))
            phone.kill()
        }
        assertFalse(data.walk().filter { it.isFile }.any { "wert" in it.readText() })
        SimulatorProcess(data, assets).use { phone ->
            val response = phone.call("get", "key" to "schlüssel:🔑")
            assertEquals("wert", response.getJSONObject("data").getString("value"))
            assertEquals(1, (phone.command("keystore.counts") as JSONObject).getInt("operations"))
        }
    }

    @Test
    fun aLostKeyIsReportedToThePage() {
        SimulatorProcess(data, assets).use { phone ->
            phone.call("set", "key" to "a", "value" to "b")
            phone.command("exit")
            assertEquals(0, phone.exitStatus())
        }
        SimulatorProcess(data, assets).use { phone ->
            val aliases = phone.command("keystore.aliases") as JSONArray
            (0 until aliases.length()).forEach { phone.command("keystore.hideAlias", "alias" to aliases.getString(it)) }
            val listener = phone.postCall("addListener", JSONObject().put("eventName", "storeReset"))
            val call = phone.postCall("get", JSONObject().put("key", "a"))
            val replies = List(2) { phone.nextReply() }.associateBy { it.getString("callbackId") }
            assertEquals("NOT_FOUND", replies.getValue(call).getJSONObject("error").getString("code"))
            val event = replies.getValue(listener)
            assertTrue(event.getBoolean("save"))
            assertEquals("KEY_LOST", event.getJSONObject("data").getString("reason"))
            assertEquals("default", event.getJSONObject("data").getString("store"))
        }
    }

    @Test
    fun aSlowKeystoreBlocksNoOtherPlugin() {
        SimulatorProcess(data, assets).use { phone ->
            phone.command("keystore.fault", "fault" to "slow", "ms" to 1_000)
            val slow = phone.postCall("set", JSONObject().put("key", "a").put("value", "b"))
            val quick = phone.postCall("answer", plugin = "Misbehaving")
            assertEquals(quick, phone.nextReply().getString("callbackId"))
            assertEquals(slow, phone.nextReply().getString("callbackId"))
        }
    }

    @Test
    fun anExceptionInAPluginEndsTheProcess() {
        SimulatorProcess(data, assets).use { phone ->
            phone.postCall("throwException", plugin = "Misbehaving")
            assertEquals(CRASHED, phone.exitStatus())
        }
    }

    @Test
    fun anExceptionOnTheMainThreadEndsTheProcess() {
        SimulatorProcess(data, assets).use { phone ->
            phone.postCall("throwOnMainThread", plugin = "Misbehaving")
            assertEquals(CRASHED, phone.exitStatus())
        }
    }

    @Test
    fun aMissingLibraryIsACodedRejectionAndTheAppLives() {
        SimulatorProcess(data, assets, libraryPath = directory.newFolder("empty").path).use { phone ->
            repeat(2) {
                val error = phone.call("get", "key" to "a").getJSONObject("error")
                assertEquals("NOT_INITIALISED", error.getString("code"))
                assertEquals(false, error.getJSONObject("data").getBoolean("retryable"))
            }
            phone.postCall("answer", plugin = "Misbehaving")
            assertTrue(phone.nextReply().getBoolean("success"))
        }
    }

    @Test
    fun aLibraryThatDoesNotFitTheBindingsIsACodedRejectionAndTheAppLives() {
        val folder = directory.newFolder("other")
        for (function in listOf("ffi_strongroom_uniffi_contract_version", "uniffi_strongroom_checksum_constructor_bridge_new")) {
            writeLibraryThatAnswersOtherwise(folder.resolve("libstrongroom.so"), function)
            SimulatorProcess(directory.newFolder(), assets, libraryPath = folder.path).use { phone ->
                repeat(2) {
                    val error = phone.call("getPlatform").getJSONObject("error")
                    assertEquals(function, "NOT_INITIALISED", error.getString("code"))
                    assertEquals(false, error.getJSONObject("data").getBoolean("retryable"))
                }
                phone.postCall("answer", plugin = "Misbehaving")
                assertTrue(phone.nextReply().getBoolean("success"))
            }
        }
    }

    @Test
    fun nothingOfACallIsLogged() {
        SimulatorProcess(data, assets).use { phone ->
            phone.call("set", "key" to "name of a secret", "value" to "the secret")
            phone.call("get", "key" to "name of a secret")
            val lines = data.resolve("logcat.txt").readText()
            assertTrue("Starting BridgeActivity" in lines)
            assertFalse("secret" in lines)
        }
    }
}
