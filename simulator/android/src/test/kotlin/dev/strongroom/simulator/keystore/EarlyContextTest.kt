package dev.strongroom.simulator.keystore

import android.content.Context
import android.content.ContextWrapper
import dev.strongroom.capacitor.Strongroom
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.robolectric.RuntimeEnvironment

/** `Application.attachBaseContext`, where an app's own code may run first. The library keeps the first context that it gets. */
class EarlyContextTest : KeystoreTestBase() {
    @Test
    fun aStoreOpensBeforeThereIsAnApplication() {
        val early: Context =
            object : ContextWrapper(RuntimeEnvironment.getApplication()) {
                override fun getApplicationContext(): Context? = null
            }
        assertNull(early.applicationContext)
        Strongroom.open(early).use {
            it.set("k", "v", null)
            assertEquals("v", it.get("k"))
        }
    }
}
