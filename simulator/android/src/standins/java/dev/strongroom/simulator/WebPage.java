package dev.strongroom.simulator;

import androidx.webkit.ScriptHandler;
import androidx.webkit.WebViewCompat.WebMessageListener;
import java.util.Set;

/**
 * What a WebView offers to Capacitor through androidx.webkit. It and {@link androidx.webkit.WebViewCompat} name each other, because
 * the type of its listeners is declared there, as in the real library.
 */
public interface WebPage {
    void addWebMessageListener(String jsObjectName, Set<String> allowedOriginRules, WebMessageListener listener);

    ScriptHandler addDocumentStartScript(String script, Set<String> allowedOriginRules);
}
