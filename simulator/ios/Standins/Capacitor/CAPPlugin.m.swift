// Follows CAPPlugin.m line by line where it keeps listeners. Popovers and what is deprecated are left out.

open class CAPPlugin: NSObject {
    open weak var webView: WKWebView?
    open weak var bridge: (any CAPBridgeProtocol)?
    open var pluginId = ""
    open var pluginName = ""
    open var shouldStringifyDatesInCalls = false
    private var listenerTable: NSMutableDictionary?
    private var retainedTable: NSMutableDictionary?

    open var eventListeners: NSMutableDictionary? {
        get { listenerTable }
        set { listenerTable = ListenerTable.of(newValue) }
    }

    open var retainedEventArguments: NSMutableDictionary? {
        get { retainedTable }
        set { retainedTable = ListenerTable.of(newValue) }
    }

    public required override init() {
        super.init()
    }

    static func classForCoder() -> AnyClass { self }

    open func load() {}
    open func getId() -> String { pluginName }

    /// Answers nil without a bridge, although the header promises an object.
    open func getConfig() -> PluginConfig { unsafeNonnull(bridge?.config.getPluginConfig(pluginName)) }

    open func checkPermissions(_ call: CAPPluginCall) { call.resolve() }
    open func requestPermissions(_ call: CAPPluginCall) { call.resolve() }
    open func shouldOverrideLoad(_: WKNavigationAction) -> NSNumber? { nil }

    open func handleWKWebViewURLAuthenticationChallenge(
        _: URLAuthenticationChallenge,
        completionHandler _: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) -> Bool { false }

    open func addListener(_ call: CAPPluginCall) {
        call.keepAlive = true
        addEventListener(event(of: call), listener: call)
    }

    open func removeListener(_ call: CAPPluginCall) {
        let callbackId = call.options["callbackId"] as? String ?? ""
        if let stored = bridge?.savedCall(withID: callbackId) { removeEventListener(event(of: call), listener: stored) }
        bridge?.releaseCall(withID: callbackId)
    }

    /// Capacitor calls it without a call when the page goes. A message to nil does nothing.
    open func removeAllListeners(_ call: CAPPluginCall) {
        eventListeners?.removeAllObjects()
        nullable(call)?.resolve()
    }

    open func addEventListener(_ eventName: String, listener: CAPPluginCall) {
        if let list = listeners(eventName), !list.elements.isEmpty {
            list.elements.append(listener)
        } else {
            eventListeners?.setObject(MutableList([listener]), forKey: eventName)
            sendRetainedArguments(eventName)
        }
    }

    open func removeEventListener(_ eventName: String, listener: CAPPluginCall) {
        guard let list = listeners(eventName), let index = list.elements.firstIndex(of: listener) else { return }
        list.elements.remove(at: index)
    }

    open func notifyListeners(_ eventName: String, data: [String: Any]?) {
        notifyListeners(eventName, data: data, retainUntilConsumed: false)
    }

    open func notifyListeners(_ eventName: String, data: [String: Any]?, retainUntilConsumed retain: Bool) {
        guard let list = listeners(eventName), !list.elements.isEmpty else {
            if retain { keep(eventName, data) }
            return
        }
        var index = 0
        while index < list.elements.count {
            let call = list.elements[index]
            call.successHandler(CAPPluginCallResult(data), call)
            index += 1
        }
    }

    open func getListeners(_ eventName: String) -> [CAPPluginCall]? { listeners(eventName)?.elements }
    open func hasListeners(_ eventName: String) -> Bool { listeners(eventName)?.elements.isEmpty == false }

    private func listeners(_ eventName: String) -> MutableList<CAPPluginCall>? {
        eventListeners?.object(forKey: eventName) as? MutableList<CAPPluginCall>
    }

    private func keep(_ eventName: String, _ data: [String: Any]?) {
        guard let data else { fatalError("-[__NSArrayM insertObject:atIndex:]: object cannot be nil") }
        let kept = retainedEventArguments?.object(forKey: eventName) as? MutableList<[String: Any]> ?? MutableList()
        kept.elements.append(data)
        retainedEventArguments?.setObject(kept, forKey: eventName)
    }

    private func sendRetainedArguments(_ eventName: String) {
        guard let kept = retainedEventArguments?.object(forKey: eventName) as? MutableList<[String: Any]> else { return }
        retainedEventArguments?.removeObject(forKey: eventName)
        for data in kept.elements { notifyListeners(eventName, data: data) }
    }

    private func event(of call: CAPPluginCall) -> String {
        guard let name = call.options["eventName"] as? String else {
            fatalError("-[__NSDictionaryM setObject:forKey:]: key cannot be nil")
        }
        return name
    }
}
