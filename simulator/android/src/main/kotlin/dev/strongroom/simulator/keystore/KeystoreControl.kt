package dev.strongroom.simulator.keystore

import android.compat.Compatibility
import android.security.keystore2.AndroidKeyStoreProvider
import android.system.keystore2.IKeystoreService
import org.json.JSONArray
import org.json.JSONObject
import org.robolectric.shadows.ShadowServiceManager
import java.nio.file.Path
import java.security.Security

/**
 * The simulated Keystore, for the simulator and the tests.
 *
 * Android's own provider (`android.security.keystore2`) runs unmodified. Only the daemon behind it is simulated: the
 * system service that a phone calls through Binder and that keeps the keys in secure hardware. So keys, ciphers and
 * exceptions are the real classes, and a fault is an answer of the daemon.
 */
object KeystoreControl {
    private var service: KeystoreService? = null

    /** Keeps keys in [directory] and registers the provider. A second call changes the directory. */
    @Synchronized
    fun install(directory: Path) {
        val daemon = KeystoreService(KeyFiles(directory), Faults(), Counters())
        ShadowServiceManager.addBinderService(SERVICE_NAME, IKeystoreService::class.java, daemon)
        PromptService.install()
        ScriptedUser.reset()
        Compatibility.setBehaviorChangeDelegate(BehaviourOfPhones)
        if (Security.getProvider(PROVIDER)?.javaClass != AndroidKeyStoreProvider::class.java) {
            Security.removeProvider(PROVIDER)
            Security.removeProvider(PROVIDER_OF_CIPHERS)
            AndroidKeyStoreProvider.install()
        }
        service?.faults?.clear()
        service = daemon
    }

    /** The user removes the lock screen. */
    internal fun removeLockScreen() = ScriptedUser.removeLockScreen(checkNotNull(service).keys)

    /** Runs the command [name] of the simulator's protocol. */
    fun command(
        name: String,
        args: JSONObject,
    ): Any? {
        val daemon = synchronized(this) { checkNotNull(service) { "The Keystore is not installed" } }
        return when (name) {
            "keystore.aliases" -> JSONArray(daemon.keys.aliases())
            "keystore.clearFaults" -> daemon.faults.clear(args.optString("alias"))
            "keystore.counts" -> JSONObject(daemon.counters.snapshot())
            "keystore.fault" -> daemon.faults.arm(args)
            "keystore.faultCalls" -> JSONObject(daemon.faults.calls(args.optString("alias")))
            "keystore.faults" -> JSONArray(Faults.NAMES)
            "keystore.hideAlias" -> daemon.keys.hide(args.getString("alias"))
            "keystore.resetCounts" -> daemon.counters.reset()
            "keystore.restoreAlias" -> daemon.keys.restore(args.getString("alias"))
            "keystore.swapKey" -> daemon.keys.swap(args.getString("alias"))
            else -> throw IllegalArgumentException("Unknown command $name")
        }.takeUnless { it == Unit }
    }

    /** Android has a limit of attempts on a busy Keystore, but it is switched off: phones try for ever. */
    private object BehaviourOfPhones : Compatibility.BehaviorChangeDelegate {
        private const val KEYSTORE_OPERATION_CREATION_MAY_FAIL = 169897160L

        override fun isChangeEnabled(changeId: Long) = changeId != KEYSTORE_OPERATION_CREATION_MAY_FAIL
    }

    private const val SERVICE_NAME = "android.system.keystore2.IKeystoreService/default"
    private const val PROVIDER = "AndroidKeyStore"
    private const val PROVIDER_OF_CIPHERS = "AndroidKeyStoreBCWorkaround"
}
