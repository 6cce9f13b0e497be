package dev.strongroom.simulator;

import androidx.webkit.ScriptHandler;
import androidx.webkit.WebViewCompat.WebMessageListener;
import java.util.Set;

/** What a WebView offers to Capacitor through androidx.webkit. */
public interface WebPage {
    void addWebMessageListener(String jsObjectName, Set<String> allowedOriginRules, WebMessageListener listener);

    ScriptHandler addDocumentStartScript(String script, Set<String> allowedOriginRules);
}
