import Capacitor
@testable import CapacitorStrongroom

/// Which objects of windows that were closed are still there.
struct Lives {
    private var known: [String: [Weak]] = [:]

    var counts: [String: Int] { known.mapValues { $0.filter { $0.object != nil }.count } }

    /// Takes down what belongs to a window, just before it is closed.
    mutating func note(_ controller: CAPBridgeViewController) {
        note("controller", controller)
        note("webView", controller.webView)
        note("bridge", controller.bridge)
        let plugin = controller.bridge?.plugin(withName: "SecureStorage")
        note("plugin", plugin)
        let worker: Worker? = part("worker", of: plugin)
        note("worker", worker)
        let storage: Storage? = part("storage", of: worker)
        note("storage", storage)
        let events: EventQueue? = part("events", of: storage)
        note("events", events)
        let rust: CapacitorStrongroom.Bridge? = part("bridge", of: storage)
        note("rust", rust)
    }

    private mutating func note(_ name: String, _ object: AnyObject?) {
        if let object { known[name, default: []].append(Weak(object: object)) }
    }

    /// A stored property, also a private one.
    private func part<Part>(_ name: String, of whole: AnyObject?) -> Part? {
        guard let whole else { return nil }
        return Mirror(reflecting: whole).children.first { $0.label == name }?.value as? Part
    }

    private struct Weak {
        weak var object: AnyObject?
    }
}
