package com.getcapacitor.android;

/** The resource ids that the resource compiler would make for Capacitor. */
public final class R {

    private R() {}

    public static final class id {

        public static final int webview = 0x7f010001;
    }

    public static final class layout {

        public static final int capacitor_bridge_layout_main = 0x7f020001;
        public static final int no_webview = 0x7f020002;
    }

    public static final class style {

        public static final int AppTheme_NoActionBar = 0x7f030001;
    }
}
