package androidx.activity.result;

public abstract class ActivityResultLauncher<I> {

    public abstract void launch(I input);

    /** No other activity exists here, so starting one is an error. */
    public static <I> ActivityResultLauncher<I> unavailable() {
        return new ActivityResultLauncher<I>() {
            @Override
            public void launch(I input) {
                throw new UnsupportedOperationException("The simulator has no other activities");
            }
        };
    }
}
