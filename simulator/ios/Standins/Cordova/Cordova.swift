@_exported import WebKit

/// Reads `config.xml` as Cordova does, and keeps the preferences.
open class CDVConfigParser: NSObject, XMLParserDelegate {
    public private(set) var settings: NSMutableDictionary! = NSMutableDictionary()
    public private(set) var startupPluginNames: NSMutableArray! = NSMutableArray()

    public func parser(
        _: XMLParser, didStartElement element: String, namespaceURI _: String?, qualifiedName _: String?,
        attributes: [String: String] = [:]
    ) {
        guard element == "preference", let name = attributes["name"], let value = attributes["value"] else { return }
        settings.setObject(value, forKey: name.lowercased() as NSString)
    }
}

/// No Cordova plugin is loaded here.
open class CDVPlugin: NSObject {
    open var className: String!

    public func responds(to _: Selector) -> Bool { false }
    public func perform(_: Selector, with _: Any?) {}
}

open class CDVPluginManager: NSObject {
    public init(parser _: CDVConfigParser!, viewController _: UIViewController!, webView _: WKWebView!) {
        super.init()
    }

    open func getCommandInstance(_: String!) -> CDVPlugin! { nil }
}

open class CDVInvokedUrlCommand: NSObject {
    public init(arguments _: [Any]!, callbackId _: String!, className _: String!, methodName _: String!) {
        super.init()
    }
}

extension NSNotification.Name {
    public static let CDVPluginHandleOpenURL = NSNotification.Name("CDVPluginHandleOpenURLNotification")
}
