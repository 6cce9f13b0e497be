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

    private lazy var worker = Worker(
        storage: Storage(
            configuration: { [weak self] in self?.configuration() ?? [:] },
            events: EventQueue { [weak self] name, data in self?.notifyListeners(name, data: data) }
        )
    )

    @objc func get(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func getMany(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func getOrCreate(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func set(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func setMany(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func compareAndSet(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func remove(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func removeMany(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func clear(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func keys(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func has(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func getPlatform(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func getStatus(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func reset(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func recover(_ call: CAPPluginCall) { worker.forward(call) }
    @objc func rotateKeys(_ call: CAPPluginCall) { worker.forward(call) }

    private func configuration() -> [String: Any] {
        var configuration: [String: Any] = [
            "config": getConfig().getConfigJSON(),
            "bridgeLogging": bridge?.config.loggingEnabled ?? false,
            "platform": "ios"
        ]
        configuration["markerDirectory"] = MarkerDirectory.prepared()
        return configuration
    }
}
