package dev.strongroom.simulator

import com.getcapacitor.Plugin
import dev.strongroom.capacitor.StrongroomPlugin
import org.json.JSONArray
import org.json.JSONObject
import java.io.File
import java.util.zip.ZipEntry
import java.util.zip.ZipOutputStream

/** Writes the assets of an app with the given plugins, as `cap sync` would make them. */
internal fun writeAssets(
    file: File,
    plugins: List<Class<out Plugin>> = listOf(StrongroomPlugin::class.java),
): File {
    val entries =
        mapOf(
            "native-bridge.js" to File(System.getProperty("capacitor.bridge.script")!!).readText(),
            "capacitor.config.json" to
                JSONObject()
                    .put("appId", "dev.strongroom.test")
                    .put("loggingBehavior", "none")
                    .toString(),
            "capacitor.plugins.json" to
                JSONArray(plugins.map { JSONObject().put("pkg", "test").put("classpath", it.name) }).toString(),
            "public/index.html" to INDEX,
        )
    ZipOutputStream(file.outputStream()).use { zip ->
        for ((name, text) in entries) {
            zip.putNextEntry(ZipEntry("assets/$name"))
            zip.write(text.toByteArray())
        }
    }
    return file
}

internal const val INDEX = "<!doctype html><title>Test</title>"
