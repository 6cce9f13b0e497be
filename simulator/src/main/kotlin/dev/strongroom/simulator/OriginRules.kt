package dev.strongroom.simulator

import java.net.URI

/** The `allowedOriginRules` of androidx.webkit: `*`, or a scheme, a host that may start with `*.`, and a port. */
internal class OriginRules(
    private val rules: Set<String>,
) {
    fun allow(origin: String): Boolean = "*" in rules || rules.any { matches(URI(it), URI(origin)) }

    private fun matches(
        rule: URI,
        origin: URI,
    ) = rule.scheme == origin.scheme &&
        rule.effectivePort() == origin.effectivePort() &&
        hostMatches(rule.authorityHost(), origin.authorityHost())

    private fun hostMatches(
        rule: String?,
        host: String?,
    ) = if (rule != null && rule.startsWith("*.")) {
        host != null && host.endsWith(rule.drop(1))
    } else {
        rule.equals(host, ignoreCase = true)
    }

    /** `*.example.org` is no host to [URI], only an authority. */
    private fun URI.authorityHost() = host ?: authority?.substringBefore(':')

    private fun URI.effectivePort() =
        when {
            port >= 0 -> port
            scheme == "https" -> HTTPS_PORT
            scheme == "http" -> HTTP_PORT
            else -> port
        }

    private companion object {
        const val HTTP_PORT = 80
        const val HTTPS_PORT = 443
    }
}
