package androidx.test.ext.junit.runners

import dev.strongroom.simulator.keystore.KeystoreControl
import org.robolectric.DefaultTestLifecycle
import org.robolectric.RobolectricTestRunner
import org.robolectric.TestLifecycle
import java.lang.reflect.Method
import java.nio.file.Files
import java.nio.file.Path

/** Runs the instrumented tests here, over the simulated Keystore. */
class AndroidJUnit4(
    test: Class<*>,
) : RobolectricTestRunner(test) {
    override fun getTestLifecycleClass(): Class<out TestLifecycle> = WithKeystore::class.java
}

/** The native library keeps its stores as long as the process runs, so their keys must last as long. */
class WithKeystore : DefaultTestLifecycle() {
    override fun beforeTest(method: Method) {
        super.beforeTest(method)
        KeystoreControl.install(directory)
    }

    private companion object {
        val directory: Path = Files.createTempDirectory("keystore").also { it.toFile().deleteOnExit() }
    }
}
