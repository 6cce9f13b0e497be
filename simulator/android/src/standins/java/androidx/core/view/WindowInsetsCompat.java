package androidx.core.view;

import androidx.core.graphics.Insets;

/** A window without system bars: every inset is zero. */
public final class WindowInsetsCompat {

    public Insets getInsets(int types) {
        return Insets.of(0, 0, 0, 0);
    }

    public boolean isVisible(int types) {
        return false;
    }

    public static final class Builder {

        private final WindowInsetsCompat insets;

        public Builder(WindowInsetsCompat insets) {
            this.insets = insets;
        }

        public Builder setInsets(int types, Insets value) {
            return this;
        }

        public WindowInsetsCompat build() {
            return insets;
        }
    }

    public static final class Type {

        private Type() {}

        public static int statusBars() {
            return 1;
        }

        public static int navigationBars() {
            return 1 << 1;
        }

        public static int ime() {
            return 1 << 3;
        }

        public static int displayCutout() {
            return 1 << 7;
        }

        public static int systemBars() {
            return statusBars() | navigationBars();
        }
    }
}
