package androidx.fragment.app;

import android.app.Activity;
import android.view.View;
import androidx.activity.result.ActivityResultCallback;
import androidx.activity.result.ActivityResultLauncher;
import androidx.activity.result.contract.ActivityResultContract;

/** Capacitor can run in a fragment. The simulator uses an activity, so nothing creates one. */
public abstract class Fragment {

    public abstract Activity getActivity();

    public abstract View getView();

    public abstract <I, O> ActivityResultLauncher<I> registerForActivityResult(
        ActivityResultContract<I, O> contract,
        ActivityResultCallback<O> callback
    );
}
