package dev.strongroom.simulator

import org.junit.Assert.assertEquals
import org.junit.Test

class OriginRulesTest {
    @Test
    fun aRuleWithoutWildcardIsExact() {
        assertAllowed(setOf("https://localhost"), "https://localhost", "https://localhost:443")
        assertRefused(
            setOf("https://localhost"),
            "http://localhost",
            "https://localhost:8443",
            "https://a.localhost",
            "https://localhost.example.org",
            "null",
        )
    }

    @Test
    fun aWildcardStandsForSubdomainsOnly() {
        assertAllowed(setOf("https://*.example.org"), "https://a.example.org", "https://a.b.example.org")
        assertRefused(setOf("https://*.example.org"), "https://example.org", "https://badexample.org")
    }

    @Test
    fun aPortMustMatch() {
        assertAllowed(setOf("http://*.example.org:8080"), "http://a.example.org:8080")
        assertRefused(setOf("http://*.example.org:8080"), "http://a.example.org")
    }

    @Test
    fun aSchemeAloneAllowsItsOrigins() {
        assertAllowed(setOf("app://"), "app://")
        assertRefused(setOf("app://"), "https://localhost")
    }

    @Test
    fun aStarAllowsAllAndNoRuleNone() {
        assertAllowed(setOf("*"), "https://example.org", "null")
        assertRefused(emptySet(), "https://localhost")
    }

    private fun assertAllowed(
        rules: Set<String>,
        vararg origins: String,
    ) = origins.forEach { assertEquals(it, true, OriginRules(rules).allow(it)) }

    private fun assertRefused(
        rules: Set<String>,
        vararg origins: String,
    ) = origins.forEach { assertEquals(it, false, OriginRules(rules).allow(it)) }
}
