package dev.strongroom.simulator

import java.util.concurrent.Callable

/**
 * Builds the sandbox and starts [AppProcess] in it. Nothing else runs outside: classes of `android` exist
 * in the sandbox's class loader only.
 */
fun main(arguments: Array<String>) {
    val sandbox = buildSandbox()
    sandbox.runOnMainThread(
        Callable {
            Thread.currentThread().contextClassLoader = sandbox.robolectricClassLoader
            sandbox
                .bootstrappedClass<Runnable>(AppProcess::class.java)
                .getConstructor(sandbox.javaClass, Array<String>::class.java)
                .newInstance(sandbox, arguments)
                .run()
        },
    )
}
