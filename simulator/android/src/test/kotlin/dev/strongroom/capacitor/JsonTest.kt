package dev.strongroom.capacitor

import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class JsonTest {
    @Test
    fun textWithoutSurrogatesIsUnchanged() {
        val text = """{"key":"äß€"}"""
        assertSame(text, escapeSurrogates(text))
    }

    @Test
    fun everySurrogateIsEscapedAndReadsBackTheSame() {
        for (value in listOf("\ud83d\udd11", "\ud83d", "a\udd11b", "\udd11\ud83d", "\\\ud83d")) {
            val json = jsonText(JSONObject().put("value", value))
            assertEquals(json, String(json.toByteArray()))
            assertEquals(value, JSONObject(json).getString("value"))
        }
    }

    @Test
    fun anObjectThatCannotBeWrittenBecomesTheEmptyText() {
        assertEquals("", jsonText(JSONObject("""{"value": [1e400]}""")))
    }

    @Test
    fun theConfigurationNamesThePlatform() {
        assertEquals(
            """{"config":{"strongBox":"prefer"},"bridgeLogging":true,"platform":"android"}""",
            bridgeConfiguration(JSONObject().put("strongBox", "prefer"), bridgeLogging = true),
        )
    }
}
