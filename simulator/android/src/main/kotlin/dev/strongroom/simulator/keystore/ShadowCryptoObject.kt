package dev.strongroom.simulator.keystore

import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import javax.crypto.Mac

/**
 * The challenge of a `CryptoObject`. Android asks its own `Mac.getCurrentSpi`, which the JDK's `Mac` does not have. It
 * keeps the same object in a field.
 */
@Implements(className = "android.hardware.biometrics.CryptoObject")
class ShadowCryptoObject {
    @RealObject
    private lateinit var real: Any

    @Implementation
    fun getOpId(): Long {
        val primitive = Class.forName("android.hardware.biometrics.CryptoObject").read(real, "mCrypto")
        val spi = Mac::class.java.read(primitive, "spi")
        return spi.javaClass.getMethod("getOperationHandle").invoke(spi) as Long
    }

    private fun Class<*>.read(
        owner: Any,
        name: String,
    ): Any = getDeclaredField(name).apply { isAccessible = true }.get(owner)
}
