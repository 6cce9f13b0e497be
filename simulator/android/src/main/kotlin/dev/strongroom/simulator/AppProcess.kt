package dev.strongroom.simulator

import android.content.pm.PackageInfo
import android.os.Looper
import android.os.SystemClock
import dev.strongroom.simulator.keystore.KeystoreControl
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.internal.AndroidSandbox
import org.robolectric.manifest.AndroidManifest
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowLog
import org.robolectric.shadows.ShadowPausedLooper
import org.robolectric.shadows.ShadowSystemClock
import org.robolectric.shadows.ShadowWebView
import org.robolectric.util.TempDirectory
import java.io.FileOutputStream
import java.io.PrintStream
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Future
import kotlin.system.exitProcess

/**
 * The app's process, running inside the sandbox on Android's main thread: one application, one activity, and the loop
 * that lets Android's clock and main looper run, which Robolectric stops otherwise.
 */
class AppProcess(
    private val sandbox: AndroidSandbox,
    arguments: Array<String>,
) : Runnable {
    private val options = Options.parse(arguments)
    private val lifecycleSteps = ConcurrentLinkedQueue<() -> Unit>()

    @Volatile private var running = true

    override fun run() {
        crashLikeAPhone()
        startApplication()
        val activity = Robolectric.buildActivity(SimActivity::class.java)
        val server = PageServer(options.port, CommandTable(this, activity))
        activity.get().page = server
        activity.setup()
        server.start(activity.get().webView)
        loop()
        activity.pause().stop().destroy()
        exitProcess(0)
    }

    /** Lets the activity take lifecycle steps between two messages of the main looper, as the system does. */
    fun <T> onMainThread(step: () -> T): Future<T> {
        val done = CompletableFuture<T>()
        lifecycleSteps.add {
            runCatching(step).onSuccess(done::complete).onFailure(done::completeExceptionally)
        }
        return done
    }

    fun stop() {
        running = false
    }

    private fun startApplication() {
        // Written at once, so it is complete even if the process is killed.
        ShadowLog.stream = PrintStream(FileOutputStream(options.data.resolve("logcat.txt").toFile(), true), true)
        sandbox.testEnvironment.setUpApplicationState("simulator", SandboxModes, AndroidManifest(null, null, null))
        RuntimeEnvironment.setTempDirectory(DataDirectory(options.data.resolve("app")))
        val application = RuntimeEnvironment.getApplication()
        @Suppress("DEPRECATION") // The only way to add assets without a compiled package.
        check(application.assets.addAssetPath(options.assets.toString()) != 0) { "The assets cannot be read" }
        ShadowWebView.setCurrentWebViewPackage(
            PackageInfo().apply {
                packageName = "com.google.android.webview"
                versionName = "140.0.0.0"
            },
        )
        SystemClock.setCurrentTimeMillis(System.currentTimeMillis())
        KeystoreControl.install(options.data.resolve("keystore"))
    }

    private fun loop() {
        val mainLooper: ShadowPausedLooper = Shadow.extract(Looper.getMainLooper())
        var last = System.nanoTime()
        while (running) {
            mainLooper.poll(TICK_MS)
            val elapsed = Duration.ofMillis((System.nanoTime() - last) / NANOS_PER_MS)
            last += elapsed.toNanos()
            if (!elapsed.isZero) ShadowSystemClock.advanceBy(elapsed)
            mainLooper.idle()
            generateSequence(lifecycleSteps::poll).forEach { it() }
        }
    }

    private companion object {
        const val TICK_MS = 10L
        const val NANOS_PER_MS = 1_000_000L
    }
}

/** The app's data directory, chosen by the caller, remains after the process ends; the rest is temporary. */
private class DataDirectory(
    private val appData: Path,
) : TempDirectory("simulator") {
    override fun createIfNotExists(name: String): Path =
        if (name.endsWith("-dataDir")) Files.createDirectories(appData) else super.createIfNotExists(name)
}
