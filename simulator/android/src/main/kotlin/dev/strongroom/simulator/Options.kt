package dev.strongroom.simulator

import java.nio.file.Path
import kotlin.io.path.Path

/** The command line, see `simulator/android/run`. */
internal class Options(
    val data: Path,
    val assets: Path,
    val port: Int,
) {
    companion object {
        fun parse(arguments: Array<String>): Options {
            val values =
                arguments.toList().chunked(2).associate { pair ->
                    require(pair.size == 2 && pair[0].startsWith("--")) { "Expected --name value pairs" }
                    pair[0].removePrefix("--") to pair[1]
                }
            val unknown = values.keys - setOf("data", "assets", "port")
            require(unknown.isEmpty()) { "Unknown options: $unknown" }
            return Options(
                data = Path(requireNotNull(values["data"]) { "--data is missing" }).toAbsolutePath(),
                assets = Path(requireNotNull(values["assets"]) { "--assets is missing" }).toAbsolutePath(),
                port = values["port"]?.toInt() ?: 0,
            )
        }
    }
}
