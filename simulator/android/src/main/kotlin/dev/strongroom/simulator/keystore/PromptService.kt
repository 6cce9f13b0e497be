package dev.strongroom.simulator.keystore

import android.hardware.biometrics.BiometricConstants
import android.hardware.biometrics.BiometricPrompt
import android.hardware.biometrics.IAuthService
import android.hardware.biometrics.IBiometricEnabledOnKeyguardCallback
import android.hardware.biometrics.IBiometricServiceReceiver
import android.hardware.biometrics.IInvalidationCallback
import android.hardware.biometrics.ITestSession
import android.hardware.biometrics.ITestSessionCallback
import android.hardware.biometrics.PromptInfo
import android.hardware.biometrics.SensorPropertiesInternal
import android.os.IBinder
import android.service.gatekeeper.GateKeeperResponse
import android.service.gatekeeper.IGateKeeperService
import org.robolectric.shadows.ShadowServiceManager

/** A prompt on the screen. The real `BiometricPrompt` of the app waits for what is called here. */
internal class ShownPrompt(
    /** The challenge of the operation that the prompt authorises. */
    val challenge: Long,
    val info: PromptInfo,
    private val app: IBiometricServiceReceiver,
) {
    fun succeed(kind: Int = BiometricPrompt.AUTHENTICATION_RESULT_TYPE_BIOMETRIC) {
        ScriptedUser.authorise(challenge)
        app.onAuthenticationSucceeded(kind)
    }

    /** A finger that the sensor does not know. The prompt stays. */
    fun fail() = app.onAuthenticationFailed()

    fun end(code: Int) = app.onError(0, code, 0)

    fun pressNegativeButton() = app.onDialogDismissed(BiometricPrompt.DISMISSED_REASON_NEGATIVE)
}

/** The system service behind `BiometricPrompt` and `BiometricManager`. */
internal object PromptService : IAuthService.Stub() {
    private var requests = 0L

    fun install() {
        ShadowServiceManager.addBinderService("auth", IAuthService::class.java, this)
        ShadowServiceManager.addBinderService(GATEKEEPER, IGateKeeperService::class.java, LockScreenService)
    }

    override fun authenticate(
        token: IBinder?,
        challenge: Long,
        userId: Int,
        receiver: IBiometricServiceReceiver,
        packageName: String?,
        info: PromptInfo,
    ): Long {
        ScriptedUser.show(ShownPrompt(challenge, info, receiver))
        return ++requests
    }

    override fun cancelAuthentication(
        token: IBinder?,
        packageName: String?,
        requestId: Long,
    ) {
        ScriptedUser.cancelled += 1
        ScriptedUser.shown.lastOrNull()?.end(BiometricConstants.BIOMETRIC_ERROR_CANCELED)
    }

    override fun canAuthenticate(
        packageName: String?,
        userId: Int,
        authenticators: Int,
    ) = if (ScriptedUser.enrolments.isEmpty()) BiometricConstants.BIOMETRIC_ERROR_NO_BIOMETRICS else BiometricConstants.BIOMETRIC_SUCCESS

    override fun hasEnrolledBiometrics(
        userId: Int,
        packageName: String?,
    ) = ScriptedUser.enrolments.isNotEmpty()

    override fun getAuthenticatorIds(userId: Int) = ScriptedUser.enrolments.toLongArray()

    override fun getSensorProperties(packageName: String?): List<SensorPropertiesInternal> = emptyList()

    override fun getUiPackage() = "android"

    override fun registerEnabledOnKeyguardCallback(callback: IBiometricEnabledOnKeyguardCallback?) = Unit

    override fun invalidateAuthenticatorIds(
        userId: Int,
        fromSensorId: Int,
        callback: IInvalidationCallback?,
    ) = Unit

    override fun resetLockoutTimeBound(
        token: IBinder?,
        packageName: String?,
        fromSensorId: Int,
        userId: Int,
        hardwareAuthToken: ByteArray?,
    ) = Unit

    override fun resetLockout(
        userId: Int,
        hardwareAuthToken: ByteArray?,
    ) = Unit

    override fun getButtonLabel(
        userId: Int,
        packageName: String?,
        authenticators: Int,
    ): CharSequence = ""

    override fun getPromptMessage(
        userId: Int,
        packageName: String?,
        authenticators: Int,
    ): CharSequence = ""

    override fun getSettingName(
        userId: Int,
        packageName: String?,
        authenticators: Int,
    ): CharSequence = ""

    override fun createTestSession(
        sensorId: Int,
        callback: ITestSessionCallback?,
        packageName: String?,
    ): ITestSession = throw UnsupportedOperationException()

    private const val GATEKEEPER = "android.service.gatekeeper.IGateKeeperService"
}

/** The system service that knows the identity of the lock screen. */
private object LockScreenService : IGateKeeperService.Stub() {
    override fun getSecureUserId(userId: Int) = ScriptedUser.lockScreen

    override fun clearSecureUserId(userId: Int) = Unit

    override fun reportDeviceSetupComplete() = Unit

    override fun enroll(
        userId: Int,
        currentHandle: ByteArray?,
        currentPassword: ByteArray?,
        desiredPassword: ByteArray?,
    ): GateKeeperResponse = throw UnsupportedOperationException()

    override fun verify(
        userId: Int,
        handle: ByteArray?,
        password: ByteArray?,
    ): GateKeeperResponse = throw UnsupportedOperationException()

    override fun verifyChallenge(
        userId: Int,
        challenge: Long,
        handle: ByteArray?,
        password: ByteArray?,
    ): GateKeeperResponse = throw UnsupportedOperationException()
}
