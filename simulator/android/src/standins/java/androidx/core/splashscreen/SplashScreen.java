package androidx.core.splashscreen;

import android.app.Activity;

/** Named by Cordova's splash screen plugin, which is compiled but never loaded. */
public final class SplashScreen {

    private SplashScreen() {}

    public static SplashScreen installSplashScreen(Activity activity) {
        throw new UnsupportedOperationException("The simulator has no splash screen");
    }

    public void setKeepOnScreenCondition(KeepOnScreenCondition condition) {}

    public void setOnExitAnimationListener(OnExitAnimationListener listener) {}

    public interface KeepOnScreenCondition {
        boolean shouldKeepOnScreen();
    }

    public interface OnExitAnimationListener {
        void onSplashScreenExit(SplashScreenViewProvider provider);
    }
}
