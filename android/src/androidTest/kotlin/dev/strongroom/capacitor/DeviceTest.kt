package dev.strongroom.capacitor

import androidx.test.ext.junit.runners.AndroidJUnit4
import androidx.test.platform.app.InstrumentationRegistry
import dev.strongroom.ffi.Bridge
import dev.strongroom.ffi.EventListener
import dev.strongroom.ffi.StorageException
import org.json.JSONArray
import org.json.JSONObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith

/** The shim's way into Rust on a real device, with its real Keystore. */
@RunWith(AndroidJUnit4::class)
class DeviceTest {
    private lateinit var bridge: Bridge

    @Before
    fun open() {
        NativeLibrary.ensureLoaded(InstrumentationRegistry.getInstrumentation().targetContext)
        bridge = newBridge()
        call("clear")
    }

    @After
    fun close() {
        call("clear")
        bridge.close()
    }

    @Test
    fun aValueComesBackAfterReopening() {
        call("set", "key" to "drei", "value" to "vier 🔑")
        bridge.close()
        bridge = newBridge()
        assertEquals("vier 🔑", call("get", "key" to "drei").getString("value"))
        assertEquals(JSONArray(listOf("drei")), call("keys").getJSONArray("value"))
    }

    @Test
    fun anAbsentKeyIsNotFound() {
        val failure = assertThrows(StorageException.Coded::class.java) { call("get", "key" to "absent") }
        assertEquals("NOT_FOUND", failure.code)
        assertEquals("Item with given key does not exist", failure.detail)
    }

    @Test
    fun listsAndNullsPassTheSystemsJson() {
        val items = listOf("a" to "1", "b" to "").map { (key, value) -> JSONObject().put("key", key).put("value", value) }
        call("setMany", "items" to JSONArray(items))
        val values = call("getMany", "keys" to JSONArray(listOf("b", "absent", "a"))).getJSONArray("value")
        assertEquals("""["",null,"1"]""", values.toString())
        val swap = arrayOf("key" to "c", "expected" to JSONObject.NULL, "value" to "3")
        assertTrue(call("compareAndSet", *swap).getBoolean("value"))
        assertFalse(call("compareAndSet", *swap).getBoolean("value"))
        assertEquals(2, call("removeMany", "keys" to JSONArray(listOf("a", "c", "absent"))).getInt("value"))
        assertEquals("""["b"]""", call("keys").getJSONArray("value").toString())
    }

    @Test
    fun theKeyLiesInTheSystemsKeystore() {
        call("set", "key" to "a", "value" to "b")
        val status = call("getStatus")
        assertEquals("android", status.getString("platform"))
        assertEquals("noBackupFilesDir", status.getString("location"))
        assertTrue(status.getBoolean("secure"))
        assertTrue(
            status.getString("securityLevel") in
                setOf("software", "unknownSecure", "trustedEnvironment", "strongBox"),
        )
    }

    private fun newBridge() =
        Bridge(
            bridgeConfiguration(plugin = JSONObject(), bridgeLogging = false),
            object : EventListener {
                override fun onEvent(
                    name: String,
                    dataJson: String,
                ) = Unit
            },
        )

    private fun call(
        method: String,
        vararg options: Pair<String, Any>,
    ): JSONObject {
        val json = JSONObject(options.toMap()).put("store", "device-test")
        return JSONObject(bridge.handle(method, jsonText(json)))
    }
}
