package androidx.core.splashscreen;

import android.view.View;

public interface SplashScreenViewProvider {
    View getView();

    void remove();
}
