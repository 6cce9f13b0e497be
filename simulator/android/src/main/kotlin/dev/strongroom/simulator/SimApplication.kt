package dev.strongroom.simulator

import android.app.Application

/** Without resources there is no theme to set. */
class SimApplication : Application() {
    override fun setTheme(resid: Int) = Unit
}
