@_exported import UIKit

/// The page is elsewhere: what it says comes in through ``deliver(_:from:to:)``, and what the app runs in it goes out
/// through ``onEvaluate``.
open class WKWebView: UIView {
    /// Called on the main thread with each script, in order.
    public var onEvaluate: ((String) -> Void)?

    public let configuration: WKWebViewConfiguration
    public let scrollView = UIScrollView()
    open weak var uiDelegate: WKUIDelegate?
    open weak var navigationDelegate: WKNavigationDelegate?
    open var allowsLinkPreview = true
    open var customUserAgent: String?
    open var isInspectable = false
    public private(set) var isLoading = false
    public private(set) var url: URL?

    public init(frame: CGRect, configuration: WKWebViewConfiguration) {
        self.configuration = configuration
        super.init(frame: frame)
    }

    public required init() {
        configuration = WKWebViewConfiguration()
        super.init()
    }

    public static func handlesURLScheme(_ scheme: String) -> Bool {
        ["about", "blob", "data", "file", "ftp", "http", "https", "javascript", "ws", "wss"].contains(scheme.lowercased())
    }

    @discardableResult
    open func load(_ request: URLRequest) -> WKNavigation? {
        url = request.url
        return WKNavigation()
    }

    @discardableResult
    open func reload() -> WKNavigation? { WKNavigation() }

    open func evaluateJavaScript(_ script: String, completionHandler: ((Any?, Error?) -> Void)? = nil) {
        dispatchPrecondition(condition: .onQueue(.main))
        onEvaluate?(script)
        completionHandler?(nil, nil)
    }

    /// A message that a script of the page posted.
    public func deliver(_ body: Any, from frame: WKFrameInfo, to name: String) {
        configuration.userContentController.deliver(WKScriptMessage(name: name, body: body, frameInfo: frame))
    }

    /// A script of the page called `prompt()`, and waits for the answer.
    public func prompt(_ text: String, completionHandler: @escaping (String?) -> Void) {
        let frame = WKFrameInfo(isMainFrame: true, origin: url)
        guard let uiDelegate else { return completionHandler(nil) }
        uiDelegate.webView(
            self, runJavaScriptTextInputPanelWithPrompt: text, defaultText: "", initiatedByFrame: frame,
            completionHandler: completionHandler
        )
    }

    /// The page navigates. Answers false if the app refuses.
    public func navigate(to url: URL) -> Bool {
        guard let delegate = navigationDelegate else { return true }
        var allowed = false
        delegate.webView(self, decidePolicyFor: WKNavigationAction(URLRequest(url: url))) { allowed = $0 == .allow }
        guard allowed else { return false }
        self.url = url
        isLoading = true
        delegate.webView(self, didStartProvisionalNavigation: WKNavigation())
        isLoading = false
        delegate.webView(self, didFinish: WKNavigation())
        return true
    }
}

open class WKWebViewConfiguration: NSObject {
    open var websiteDataStore = WKWebsiteDataStore.default()
    open var userContentController = WKUserContentController()
    open var preferences = WKPreferences()
    open var defaultWebpagePreferences: WKWebpagePreferences! = WKWebpagePreferences()
    open var applicationNameForUserAgent: String?
    open var allowsInlineMediaPlayback = false
    open var suppressesIncrementalRendering = false
    open var allowsAirPlayForMediaPlayback = true
    open var mediaTypesRequiringUserActionForPlayback: WKAudiovisualMediaTypes = []
    open var limitsNavigationsToAppBoundDomains = false
    private var schemeHandlers: [String: any WKURLSchemeHandler] = [:]

    open func setURLSchemeHandler(_ handler: (any WKURLSchemeHandler)?, forURLScheme scheme: String) {
        schemeHandlers[scheme] = handler
    }

    open func urlSchemeHandler(forURLScheme scheme: String) -> (any WKURLSchemeHandler)? {
        schemeHandlers[scheme]
    }
}

open class WKPreferences: NSObject {
    open var isElementFullscreenEnabled = false
}

open class WKWebpagePreferences: NSObject {
    public enum ContentMode: Int { case recommended, mobile, desktop }

    open var preferredContentMode = ContentMode.recommended
}

public struct WKAudiovisualMediaTypes: OptionSet, Sendable {
    public let rawValue: UInt

    public init(rawValue: UInt) {
        self.rawValue = rawValue
    }
}

public struct WKError: Error {
    public let userInfo: [String: String] = [:]
}
