package androidx.webkit;

import android.webkit.WebResourceResponse;

/** Named by Cordova's plugin manager; no Cordova plugin is ever loaded. */
public final class WebViewAssetLoader {

    private WebViewAssetLoader() {}

    public interface PathHandler {
        WebResourceResponse handle(String path);
    }
}
