package dev.strongroom.capacitor

import android.annotation.TargetApi
import android.app.Activity
import android.app.KeyguardManager
import android.content.Context
import android.content.pm.PackageManager
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricManager.Authenticators.BIOMETRIC_STRONG
import android.hardware.biometrics.BiometricManager.Authenticators.DEVICE_CREDENTIAL
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import dev.strongroom.ffi.PromptDevice
import dev.strongroom.ffi.PromptEnd
import dev.strongroom.ffi.PromptException
import dev.strongroom.ffi.PromptQuestion
import dev.strongroom.ffi.PromptScreen
import dev.strongroom.ffi.promptEnded
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.Mac

/**
 * Shows the system's prompts over the activity of the app, and passes on how they end. Rust decides what to ask, and which
 * end counts.
 */
internal class Prompts(
    private val context: Context,
    /** The activity that the user sees; null if the app is hidden. */
    private val visible: () -> Activity?,
) : PromptScreen {
    private val signals = ConcurrentHashMap<Long, CancellationSignal>()

    override fun show(question: PromptQuestion) {
        val activity = visible() ?: throw PromptException.NotVisible()
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P || isBroken()) throw PromptException.Impossible()
        val signal = CancellationSignal()
        signals[question.ticket] = signal
        activity.runOnUiThread { showNow(activity, question, signal) }
    }

    override fun hide(ticket: Long) {
        // A prompt that has not begun yet ends before it is shown.
        signals.remove(ticket)?.cancel()
    }

    override fun device(): PromptDevice {
        val secure = (context.getSystemService(Context.KEYGUARD_SERVICE) as KeyguardManager).isDeviceSecure
        val answer = if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) null else strongBiometry()
        return PromptDevice(
            secure = secure,
            // Before, the system does not say it of strong biometry alone. The prompt does.
            enrolled = answer == null || answer == BiometricManager.BIOMETRIC_SUCCESS,
            biometry = answer == null || answer in USABLE,
        )
    }

    /** The activity is gone, and the prompts that were shown over it. */
    fun end() =
        signals.toMap().forEach { (ticket, signal) ->
            finish(ticket, PromptEnd.Gone)
            signal.cancel()
        }

    @TargetApi(Build.VERSION_CODES.P)
    private fun showNow(
        activity: Activity,
        question: PromptQuestion,
        signal: CancellationSignal,
    ) {
        val ticket = question.ticket
        try {
            val mac = NativeLibrary.borrow(ticket) as Mac?
            // The system would call nobody for a signal that was cancelled before.
            if (mac == null || signal.isCanceled || activity.isDestroyed) return finish(ticket, PromptEnd.Gone)
            prompt(activity, question).authenticate(
                BiometricPrompt.CryptoObject(mac),
                signal,
                activity.mainExecutor,
                Callback(ticket),
            )
        } catch (_: RuntimeException) {
            // Of the system. Its text is not logged.
            finish(ticket, PromptEnd.Failed(BiometricPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE))
        }
    }

    @TargetApi(Build.VERSION_CODES.P)
    private fun prompt(
        activity: Activity,
        question: PromptQuestion,
    ): BiometricPrompt {
        val builder = BiometricPrompt.Builder(activity).setTitle(question.title ?: labelOf(activity))
        question.subtitle?.let(builder::setSubtitle)
        question.description?.let(builder::setDescription)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            val biometry = if (question.biometry) BIOMETRIC_STRONG else 0
            builder.setAllowedAuthenticators(biometry or if (question.deviceCredential) DEVICE_CREDENTIAL else 0)
        }
        // A prompt that allows the passcode has no such button.
        if (!question.deviceCredential) {
            val text = question.cancel ?: activity.getString(android.R.string.cancel)
            builder.setNegativeButton(text, activity.mainExecutor) { _, _ -> finish(question.ticket, PromptEnd.OtherButton) }
        }
        return builder.build()
    }

    private fun labelOf(activity: Activity) = activity.applicationInfo.loadLabel(activity.packageManager)

    private fun finish(
        ticket: Long,
        end: PromptEnd,
    ) {
        signals.remove(ticket)
        promptEnded(ticket, end)
    }

    /** On API level 28, the system's prompt ends the process if there is no sensor. */
    private fun isBroken() =
        Build.VERSION.SDK_INT == Build.VERSION_CODES.P &&
            !context.packageManager.hasSystemFeature(PackageManager.FEATURE_FINGERPRINT)

    @TargetApi(Build.VERSION_CODES.R)
    private fun strongBiometry(): Int =
        (context.getSystemService(Context.BIOMETRIC_SERVICE) as BiometricManager).canAuthenticate(BIOMETRIC_STRONG)

    @TargetApi(Build.VERSION_CODES.P)
    private inner class Callback(
        private val ticket: Long,
    ) : BiometricPrompt.AuthenticationCallback() {
        override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult) =
            finish(ticket, PromptEnd.Authorised(proof = 0))

        override fun onAuthenticationError(
            code: Int,
            text: CharSequence?,
        ) = finish(ticket, PromptEnd.Failed(code))
    }

    private companion object {
        /** Answers of a sensor that there is. */
        val USABLE = setOf(BiometricManager.BIOMETRIC_SUCCESS, BiometricManager.BIOMETRIC_ERROR_NONE_ENROLLED)
    }
}
