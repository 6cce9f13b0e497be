import Capacitor
import Foundation

/// Forwards every call to the Rust bridge, and decides nothing.
@objc(StrongroomPlugin)
public final class StrongroomPlugin: CAPPlugin, CAPBridgedPlugin, @unchecked Sendable {
    public let identifier = "StrongroomPlugin"
    public let jsName = "SecureStorage"
    public let pluginMethods: [CAPPluginMethod] = [
        CAPPluginMethod(name: "get", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "getMany", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "getOrCreate", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "set", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "setMany", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "compareAndSet", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "remove", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "removeMany", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "clear", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "keys", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "has", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "getPlatform", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "getStatus", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "reset", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "recover", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "rotateKeys", returnType: CAPPluginReturnPromise)
    ]

    /// There from `load()` on, which Capacitor calls before it passes on a call.
    private var worker: Worker?
    private let listenersLock = NSRecursiveLock()

    /// Reads the configuration now: later the bridge may be gone, and a call that waits must not ask it.
    override public func load() {
        let events = EventQueue { [weak self] name, data in self?.notifyListeners(name, data: data) }
        let settings: [String: Any] = [
            "config": getConfig().getConfigJSON(),
            "bridgeLogging": bridge?.config.loggingEnabled ?? false,
            "platform": "ios"
        ]
        worker = Worker(storage: Storage(settings: settings, events: events))
    }

    @objc func get(_ call: CAPPluginCall) { forward(call) }
    @objc func getMany(_ call: CAPPluginCall) { forward(call) }
    @objc func getOrCreate(_ call: CAPPluginCall) { forward(call) }
    @objc func set(_ call: CAPPluginCall) { forward(call) }
    @objc func setMany(_ call: CAPPluginCall) { forward(call) }
    @objc func compareAndSet(_ call: CAPPluginCall) { forward(call) }
    @objc func remove(_ call: CAPPluginCall) { forward(call) }
    @objc func removeMany(_ call: CAPPluginCall) { forward(call) }
    @objc func clear(_ call: CAPPluginCall) { forward(call) }
    @objc func keys(_ call: CAPPluginCall) { forward(call) }
    @objc func has(_ call: CAPPluginCall) { forward(call) }
    @objc func getPlatform(_ call: CAPPluginCall) { forward(call) }
    @objc func getStatus(_ call: CAPPluginCall) { forward(call) }
    @objc func reset(_ call: CAPPluginCall) { forward(call) }
    @objc func recover(_ call: CAPPluginCall) { forward(call) }
    @objc func rotateKeys(_ call: CAPPluginCall) { forward(call) }

    private func forward(_ call: CAPPluginCall) {
        guard let worker else { return Rejection(notInitialised("Capacitor has not loaded the plugin")).send(call) }
        worker.forward(call)
    }

    // Capacitor keeps the listeners in a plain dictionary. It changes them on the queue of the bridge, and on the main one when a page
    // goes, while events come on a queue of the plugin. So one lock is around each change and each delivery. It is recursive, because
    // these methods call each other. Delivery only puts a script on the main queue, so nobody waits for another thread in here.

    override public func addListener(_ call: CAPPluginCall) {
        listenersLock.withLock { super.addListener(call) }
    }

    override public func removeListener(_ call: CAPPluginCall) {
        listenersLock.withLock { super.removeListener(call) }
    }

    /// Without a call when the page goes, although the header promises one.
    override public func removeAllListeners(_ call: CAPPluginCall?) {
        listenersLock.withLock {
            if let call { super.removeAllListeners(call) } else { eventListeners?.removeAllObjects() }
        }
    }

    /// What the method without the last parameter calls.
    override public func notifyListeners(_ eventName: String, data: [String: Any]?, retainUntilConsumed retain: Bool) {
        listenersLock.withLock { super.notifyListeners(eventName, data: data, retainUntilConsumed: retain) }
    }
}
