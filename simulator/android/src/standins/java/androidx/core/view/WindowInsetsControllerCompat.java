package androidx.core.view;

/** The look of system bars, which do not exist here. */
public final class WindowInsetsControllerCompat {

    public void setAppearanceLightStatusBars(boolean light) {}

    public void setAppearanceLightNavigationBars(boolean light) {}

    public void hide(int types) {}

    public void show(int types) {}
}
