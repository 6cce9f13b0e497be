package androidx.core.view;

import android.view.View;

public final class ViewCompat {

    private ViewCompat() {}

    /** There are no system bars: insets never change, and the listener is never called. */
    public static void setOnApplyWindowInsetsListener(View view, OnApplyWindowInsetsListener listener) {}
}
