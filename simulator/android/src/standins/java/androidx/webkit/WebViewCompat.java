package androidx.webkit;

import android.content.Context;
import android.content.pm.PackageInfo;
import android.net.Uri;
import android.webkit.WebView;
import dev.strongroom.simulator.WebPage;
import java.util.Set;

/** Passes Capacitor's calls of the WebView to the page behind it, which must be a {@link WebPage}. */
public final class WebViewCompat {

    private WebViewCompat() {}

    public interface WebMessageListener {
        void onPostMessage(
            WebView view,
            WebMessageCompat message,
            Uri sourceOrigin,
            boolean isMainFrame,
            JavaScriptReplyProxy replyProxy
        );
    }

    public static void addWebMessageListener(
        WebView view,
        String jsObjectName,
        Set<String> allowedOriginRules,
        WebMessageListener listener
    ) {
        ((WebPage) view).addWebMessageListener(jsObjectName, allowedOriginRules, listener);
    }

    public static ScriptHandler addDocumentStartJavaScript(WebView view, String script, Set<String> allowedOriginRules) {
        return ((WebPage) view).addDocumentStartScript(script, allowedOriginRules);
    }

    public static PackageInfo getCurrentWebViewPackage(Context context) {
        return WebView.getCurrentWebViewPackage();
    }
}
