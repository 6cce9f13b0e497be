package dev.strongroom.capacitor

import com.getcapacitor.PluginMethod
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.io.File
import java.io.IOException

/** The parts of the bridge's contract that Kotlin repeats are the same as in Rust. */
@RunWith(RobolectricTestRunner::class)
class ContractTest {
    private val contract = JSONObject(File(System.getProperty("contract")!!).readText())

    @Test
    fun thePluginHasExactlyTheMethodsOfTheBridge() {
        val declared =
            StrongroomPlugin::class.java.declaredMethods
                .filter { it.isAnnotationPresent(PluginMethod::class.java) }
                .map { it.name }
        assertEquals(contract.getJSONArray("methods").strings().sorted(), declared.sorted())
    }

    @Test
    fun theShimsOwnCodesAreCodesOfTheContract() {
        val retryable =
            contract.getJSONArray("codes").let { codes ->
                (0 until codes.length())
                    .map(codes::getJSONObject)
                    .associate { it.getString("code") to it.getBoolean("retryable") }
            }
        for (failure in listOf(LinkageError(), IllegalStateException(), IOException())) {
            val rejection = rejectionOf(failure)
            assertEquals(retryable[rejection.code], rejection.retryable)
        }
    }

    private fun JSONArray.strings() = (0 until length()).map(::getString)
}
