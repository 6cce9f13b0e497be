open class WKNavigation: NSObject {}
open class WKWindowFeatures: NSObject {}

public enum WKNavigationActionPolicy: Int, Sendable { case cancel, allow, download }
public enum WKMediaCaptureType: Int, Sendable { case camera, microphone, cameraAndMicrophone }
public enum WKPermissionDecision: Int, Sendable { case prompt, grant, deny }

/// A navigation of the main frame.
open class WKNavigationAction: NSObject {
    public let request: URLRequest
    public let targetFrame: WKFrameInfo?

    init(_ request: URLRequest) {
        self.request = request
        targetFrame = WKFrameInfo(isMainFrame: true, origin: request.url)
        super.init()
    }
}

/// What the stand-in calls.
public protocol WKNavigationDelegate: AnyObject {
    func webView(_ webView: WKWebView, decidePolicyFor action: WKNavigationAction, decisionHandler: @escaping (WKNavigationActionPolicy) -> Void)
    func webView(_ webView: WKWebView, didStartProvisionalNavigation navigation: WKNavigation!)
    func webView(_ webView: WKWebView, didFinish navigation: WKNavigation!)
}

public protocol WKUIDelegate: AnyObject {
    func webView(
        _ webView: WKWebView, runJavaScriptTextInputPanelWithPrompt prompt: String, defaultText: String?,
        initiatedByFrame frame: WKFrameInfo, completionHandler: @escaping (String?) -> Void
    )
}

public protocol WKURLSchemeHandler: AnyObject {
    func webView(_ webView: WKWebView, start task: any WKURLSchemeTask)
    func webView(_ webView: WKWebView, stop task: any WKURLSchemeTask)
}

public protocol WKURLSchemeTask: Associating {
    var request: URLRequest { get }
    func didReceive(_ response: URLResponse)
    func didReceive(_ data: Data)
    func didFinish()
    func didFailWithError(_ error: any Error)
}
