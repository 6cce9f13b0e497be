package dev.strongroom.simulator

import org.json.JSONObject
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.BeforeClass
import org.junit.ClassRule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.util.Base64

/** Calls between a page and the plugin, through Capacitor's own bridge. */
class PageChannelTest {
    @Test
    fun theDocumentStartScriptAnnouncesThePlugin() {
        val script = phone.command("documentStartScript") as String
        assertTrue("var nativeBridge" in script)
        val headers = script.substringAfter("window.Capacitor.PluginHeaders = ").substringBefore(";\n")
        assertTrue(""""name":"SecureStorage"""" in headers)
        assertTrue(""""name":"getStatus","rtype":"promise"""" in headers)
    }

    @Test
    fun aCallReachesRustAndComesBack() {
        val response = phone.call("getPlatform")
        assertTrue(response.getBoolean("success"))
        assertEquals("android", response.getJSONObject("data").getString("value"))
    }

    @Test
    fun aRejectionHasCodeMessageAndRetryable() {
        val error = phone.call("get", "key" to "absent").getJSONObject("error")
        assertEquals("NOT_FOUND", error.getString("code"))
        assertEquals("Item with given key does not exist", error.getString("message"))
        assertEquals(false, error.getJSONObject("data").getBoolean("retryable"))
    }

    @Test
    fun anotherOriginIsNotHeard() {
        for (origin in listOf(
            "https://example.org",
            "http://localhost",
            "https://localhost:8443",
            "https://localhost.example.org",
        )) {
            phone.postCall("getPlatform", origin = origin)
        }
        assertAnsweredAlone(phone.postCall("getPlatform"))
    }

    @Test
    fun aFrameInsideThePageIsNotHeard() {
        phone.postCall("getPlatform", mainFrame = false)
        assertAnsweredAlone(phone.postCall("getPlatform"))
    }

    @Test
    fun brokenMessagesAreDropped() {
        for (broken in listOf("", "{", "null", "[]", "{\"callbackId\":")) phone.post(broken)
        assertAnsweredAlone(phone.postCall("getPlatform"))
    }

    @Test
    fun aLoneSurrogateIsRefused() {
        val error = phone.call("set", "key" to "\ud83d", "value" to "x").getJSONObject("error")
        assertEquals("INVALID_ARGUMENT", error.getString("code"))
    }

    @Test
    fun manyCallsAreAnsweredOnceEachAndInOrder() {
        val ids = List(500) { phone.postCall("getPlatform") }
        assertEquals(ids, List(500) { phone.nextReply().getString("callbackId") })
    }

    @Test
    fun capacitorServesTheAssets() {
        val index = phone.command("asset", "url" to "https://localhost/") as JSONObject
        assertEquals(200, index.getInt("status"))
        assertEquals("text/html", index.getString("mimeType"))
        assertEquals(INDEX, String(Base64.getDecoder().decode(index.getString("base64"))))
        val absent = phone.command("asset", "url" to "https://localhost/absent.js") as JSONObject
        assertEquals(404, absent.getInt("status"))
    }

    @Test
    fun theAppGoesToTheBackgroundAndComesBack() {
        phone.command("pause")
        phone.command("resume")
        phone.command("pageStarted", "url" to "https://localhost/")
        assertAnsweredAlone(phone.postCall("getPlatform"))
    }

    @Test
    fun anUnknownCommandIsAnError() {
        val failure = assertThrows(IllegalStateException::class.java) { phone.command("fly") }
        assertTrue("Unknown command" in failure.message!!)
    }

    /** The response to [id] is the next one, so no earlier call was answered. */
    private fun assertAnsweredAlone(id: String) = assertEquals(id, phone.nextReply().getString("callbackId"))

    companion object {
        @JvmField
        @ClassRule
        val directory = TemporaryFolder()
        private lateinit var phone: SimulatorProcess

        @BeforeClass
        @JvmStatic
        fun start() {
            phone = SimulatorProcess(directory.newFolder("data"), writeAssets(directory.newFile("assets.zip")))
        }

        @AfterClass
        @JvmStatic
        fun stop() {
            phone.command("exit")
            assertEquals(0, phone.exitStatus())
            phone.close()
        }
    }
}
