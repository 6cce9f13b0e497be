package dev.strongroom.simulator

import android.webkit.ServiceWorkerClient
import android.webkit.ServiceWorkerController
import android.webkit.ServiceWorkerWebSettings
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements

/** Capacitor asks for the controller of service workers. Robolectric has none, and neither has the page's browser. */
@Implements(className = "android.webkit.ServiceWorkerController")
class ShadowServiceWorkers {
    companion object {
        @JvmStatic
        @Implementation
        fun getInstance(): ServiceWorkerController = NoServiceWorkers
    }

    @Suppress("DEPRECATION") // The constructor is there for those who provide the controller, as here.
    private object NoServiceWorkers : ServiceWorkerController() {
        override fun getServiceWorkerWebSettings(): ServiceWorkerWebSettings = throw UnsupportedOperationException()

        override fun setServiceWorkerClient(client: ServiceWorkerClient?) = Unit
    }
}
