open class WKWebsiteDataStore: NSObject {
    nonisolated(unsafe) private static let shared = WKWebsiteDataStore()

    public let httpCookieStore = WKHTTPCookieStore()

    public static func `default`() -> WKWebsiteDataStore { shared }
}

public protocol WKHTTPCookieStoreObserver: AnyObject {
    func cookiesDidChange(in store: WKHTTPCookieStore)
}

/// Always empty: cookies of the page are those of the browser that shows it.
open class WKHTTPCookieStore: NSObject {
    open func add(_: any WKHTTPCookieStoreObserver) {}

    open func getAllCookies(_ completionHandler: @escaping ([HTTPCookie]) -> Void) {
        completionHandler([])
    }

    open func setCookie(_: HTTPCookie, completionHandler: (() -> Void)? = nil) {
        completionHandler?()
    }

    open func delete(_: HTTPCookie, completionHandler: (() -> Void)? = nil) {
        completionHandler?()
    }
}
