package dev.strongroom.capacitor

import android.app.Activity
import android.app.Application
import android.os.Bundle
import java.lang.ref.WeakReference

/** An activity as the place for prompts: while it is started, and until it is destroyed. */
internal class ActivityScreen(
    activity: Activity,
) : Application.ActivityLifecycleCallbacks {
    private val owner = WeakReference(activity)
    private val application = activity.application

    // Without making the view: an app may still ask for features of its window.
    @Volatile
    private var started = activity.window?.peekDecorView()?.isShown == true
    val prompts = Prompts(application) { owner.get().takeIf { started } }

    init {
        application.registerActivityLifecycleCallbacks(this)
    }

    fun isOf(activity: Activity) = owner.get() === activity

    /** Another activity takes its place. */
    fun leave() {
        application.unregisterActivityLifecycleCallbacks(this)
        prompts.end()
    }

    override fun onActivityStarted(activity: Activity) {
        if (activity === owner.get()) started = true
    }

    override fun onActivityStopped(activity: Activity) {
        if (activity === owner.get()) started = false
    }

    override fun onActivityDestroyed(activity: Activity) {
        if (activity === owner.get()) leave()
    }

    override fun onActivityCreated(
        activity: Activity,
        state: Bundle?,
    ) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(
        activity: Activity,
        state: Bundle,
    ) = Unit
}
