package dev.strongroom.simulator

/** The `allowedOriginRules` of androidx.webkit: `*`, or a scheme, a host that may start with `*.`, and a port. */
internal class OriginRules(
    private val rules: Set<String>,
) {
    fun allow(origin: String): Boolean = "*" in rules || rules.any { matches(Origin.parse(it), Origin.parse(origin)) }

    private fun matches(
        rule: Origin?,
        origin: Origin?,
    ) = rule != null &&
        origin != null &&
        rule.scheme == origin.scheme &&
        rule.port == origin.port &&
        if (rule.host.startsWith("*.")) origin.host.endsWith(rule.host.drop(1)) else origin.host == rule.host

    private class Origin(
        val scheme: String,
        val host: String,
        val port: String,
    ) {
        companion object {
            private val FORM = Regex("""([a-z][a-z0-9+.-]*)://([^:/\[]*|\[[^]]*])(?::(\d+))?""")
            private val DEFAULT_PORTS = mapOf("http" to "80", "https" to "443")

            /** An opaque origin, written `null`, has no parts and matches only the star. */
            fun parse(text: String): Origin? =
                FORM.matchEntire(text.lowercase())?.destructured?.let { (scheme, host, port) ->
                    Origin(scheme, host, port.ifEmpty { DEFAULT_PORTS[scheme].orEmpty() })
                }
        }
    }
}
