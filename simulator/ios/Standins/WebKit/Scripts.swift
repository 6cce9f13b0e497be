public enum WKUserScriptInjectionTime: Int, Sendable {
    case atDocumentStart, atDocumentEnd
}

open class WKUserScript: NSObject {
    public let source: String
    public let injectionTime: WKUserScriptInjectionTime
    public let isForMainFrameOnly: Bool

    public init(source: String, injectionTime: WKUserScriptInjectionTime, forMainFrameOnly: Bool) {
        self.source = source
        self.injectionTime = injectionTime
        isForMainFrameOnly = forMainFrameOnly
        super.init()
    }
}

/// Keeps its handlers alive, as WebKit does, so that an app that forgets to remove one leaks here, too.
open class WKUserContentController: NSObject {
    public private(set) var userScripts: [WKUserScript] = []
    private var handlers: [String: any WKScriptMessageHandler] = [:]

    open func addUserScript(_ script: WKUserScript) {
        userScripts.append(script)
    }

    open func add(_ handler: any WKScriptMessageHandler, name: String) {
        precondition(handlers[name] == nil, "there is a handler of this name")
        handlers[name] = handler
    }

    open func removeScriptMessageHandler(forName name: String) {
        handlers[name] = nil
    }

    func deliver(_ message: WKScriptMessage) {
        handlers[message.name]?.userContentController(self, didReceive: message)
    }
}

public protocol WKScriptMessageHandler: AnyObject {
    func userContentController(_ controller: WKUserContentController, didReceive message: WKScriptMessage)
}

open class WKScriptMessage: NSObject {
    public let name: String
    public let body: Any
    public let frameInfo: WKFrameInfo

    init(name: String, body: Any, frameInfo: WKFrameInfo) {
        self.name = name
        self.body = body
        self.frameInfo = frameInfo
        super.init()
    }
}

open class WKFrameInfo: NSObject {
    public let isMainFrame: Bool
    public let securityOrigin: WKSecurityOrigin

    public init(isMainFrame: Bool, origin: URL?) {
        self.isMainFrame = isMainFrame
        securityOrigin = WKSecurityOrigin(origin)
        super.init()
    }
}

open class WKSecurityOrigin: NSObject {
    public let `protocol`: String
    public let host: String
    public let port: Int

    init(_ origin: URL?) {
        self.protocol = origin?.scheme ?? ""
        host = origin?.host ?? ""
        port = origin?.port ?? 0
        super.init()
    }
}
