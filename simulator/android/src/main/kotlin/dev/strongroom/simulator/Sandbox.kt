package dev.strongroom.simulator

import dev.strongroom.simulator.keystore.ShadowBiometricManager
import dev.strongroom.simulator.keystore.ShadowCryptoObject
import org.robolectric.android.AndroidSdkShadowMatcher
import org.robolectric.annotation.Config
import org.robolectric.annotation.ConscryptMode
import org.robolectric.annotation.GetInstallerPackageNameMode
import org.robolectric.annotation.GraphicsMode
import org.robolectric.annotation.LooperMode
import org.robolectric.annotation.ResourcesMode
import org.robolectric.annotation.SQLiteMode
import org.robolectric.annotation.experimental.LazyApplication.LazyLoad
import org.robolectric.config.AndroidConfigurer
import org.robolectric.interceptors.AndroidInterceptors
import org.robolectric.internal.AndroidSandbox
import org.robolectric.internal.SandboxManager
import org.robolectric.internal.bytecode.ClassHandlerBuilder
import org.robolectric.internal.bytecode.InstrumentationConfiguration
import org.robolectric.internal.bytecode.Interceptors
import org.robolectric.internal.bytecode.ShadowProviders
import org.robolectric.pluginapi.SdkProvider
import org.robolectric.pluginapi.config.ConfigurationStrategy
import org.robolectric.util.inject.Injector
import java.util.Properties

/** The newest API level that Robolectric runs on Java 17. */
internal const val API_LEVEL = 34

/** A class loader with Android's own classes, built as Robolectric's test runner does. */
internal fun buildSandbox(): AndroidSandbox {
    val injector = Injector.Builder().bind(Properties::class.java, System.getProperties()).build()
    val sdk =
        injector
            .getInstance(SdkProvider::class.java)
            .sdks
            .first { it.apiLevel == API_LEVEL }
    val interceptors = Interceptors(AndroidInterceptors.all())
    val shadows = injector.getInstance(ShadowProviders::class.java)
    val instrumentation = InstrumentationConfiguration.newBuilder()
    injector.getInstance(AndroidConfigurer::class.java).configure(instrumentation, interceptors)

    val sandbox =
        injector
            .getInstance(SandboxManager.SandboxBuilder::class.java)
            .build(WithJna(instrumentation), sdk, sdk, ResourcesMode.Mode.BINARY, SQLiteMode.Mode.LEGACY)
    val shadowMap =
        shadows.baseShadowMap
            .newBuilder()
            .addShadowClasses(ShadowServiceWorkers::class.java, ShadowBiometricManager::class.java, ShadowCryptoObject::class.java)
            .build()
    sandbox.replaceShadowMap(shadowMap)
    val classHandler =
        injector
            .getInstance(ClassHandlerBuilder::class.java)
            .build(shadowMap, AndroidSdkShadowMatcher(sdk.apiLevel), interceptors)
    sandbox.configure(classHandler, interceptors)
    return sandbox
}

/**
 * Robolectric loads `com.sun` outside of the sandbox. On a phone, JNA and its callers have the same class loader, and
 * R8 moves code between them.
 */
private class WithJna(
    builder: InstrumentationConfiguration.Builder,
) : InstrumentationConfiguration(
        builder.classNameTranslations,
        builder.interceptedMethods,
        builder.instrumentedPackages,
        builder.instrumentedClasses,
        builder.classesToNotAcquire,
        builder.packagesToNotAcquire,
        builder.classesToNotInstrument,
        builder.packagesToNotInstrument,
        builder.classesToNotInstrumentRegex,
    ) {
    override fun shouldAcquire(name: String) = name.startsWith("com.sun.jna.") || super.shouldAcquire(name)
}

/**
 * Robolectric's settings. Its Conscrypt mode would put another security provider before the JDK's; the lazy
 * application allows to set the app's data directory first.
 */
internal object SandboxModes : ConfigurationStrategy.Configuration {
    private val modes: Map<Class<*>, Any> =
        mapOf(
            Config::class.java to
                Config.Builder
                    .defaults()
                    .setApplication(SimApplication::class.java)
                    .build(),
            ConscryptMode.Mode::class.java to ConscryptMode.Mode.OFF,
            GetInstallerPackageNameMode.Mode::class.java to GetInstallerPackageNameMode.Mode.REALISTIC,
            GraphicsMode.Mode::class.java to GraphicsMode.Mode.LEGACY,
            LazyLoad::class.java to LazyLoad.ON,
            LooperMode.Mode::class.java to LooperMode.Mode.PAUSED,
            ResourcesMode.Mode::class.java to ResourcesMode.Mode.BINARY,
            SQLiteMode.Mode::class.java to SQLiteMode.Mode.LEGACY,
        )

    override fun <T> get(type: Class<T>): T? = type.cast(modes[type])

    override fun keySet(): Collection<Class<*>> = modes.keys

    override fun map(): Map<Class<*>, Any> = modes
}
