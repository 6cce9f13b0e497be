package androidx.core.view;

/** The look of system bars that do not exist. */
public final class WindowInsetsControllerCompat {

    public void setAppearanceLightStatusBars(boolean light) {}

    public void setAppearanceLightNavigationBars(boolean light) {}

    public void hide(int types) {}

    public void show(int types) {}
}
