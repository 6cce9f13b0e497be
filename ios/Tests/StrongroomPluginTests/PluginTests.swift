import Capacitor
@testable import CapacitorStrongroom
import XCTest

/// The plugin as Capacitor loads it, with a bridge and the configuration of an app.
@MainActor
final class PluginTests: XCTestCase {
    func testTheConfigurationOfTheAppReachesRust() throws {
        let wrong = PluginController(options: ["onKeyLoss": "perhaps"])
        XCTAssertEqual(try answer(of: wrong.loaded()).error?.code, "INVALID_ARGUMENT")
        let right = PluginController(options: ["onKeyLoss": "error"])
        XCTAssertEqual(try answer(of: right.loaded()).result as? [String: String], ["value": "ios"])
    }

    /// Capacitor's `getConfig()` answers nil then, although its header promises an object.
    func testACallThatComesWhenTheBridgeHasGoneIsAnswered() throws {
        var controller: PluginController? = PluginController()
        let plugin = try XCTUnwrap(controller?.loaded())
        controller = nil
        plugin.bridge = nil
        XCTAssertEqual(try answer(of: plugin).result as? [String: String], ["value": "ios"])
    }

    func testEachOfManyCallsIsAnsweredWhileTheBridgeGoes() throws {
        var controller: PluginController? = PluginController()
        let calls = try waitingCalls(of: XCTUnwrap(controller?.loaded()), count: 200)
        controller = nil
        wait(for: calls.map(\.answered), timeout: 60)
        XCTAssertTrue(calls.allSatisfy { $0.result as? [String: String] == ["value": "ios"] })
    }

    func testAPluginThatWasNotLoadedRefusesEachCall() throws {
        XCTAssertEqual(try answer(of: StrongroomPlugin()).error?.code, "NOT_INITIALISED")
    }

    func testAListenerHearsWhatIsSentUntilItIsRemoved() throws {
        let controller = PluginController()
        let plugin = controller.loaded()
        let listener = RecordedCall()
        let call = try listener.call("addListener", ["eventName": "storeReset"])
        plugin.addListener(call)
        XCTAssertTrue(call.keepAlive)
        plugin.notifyListeners("storeReset", data: ["store": "default"])
        wait(for: [listener.answered], timeout: 30)
        XCTAssertEqual(listener.result as? [String: String], ["store": "default"])

        let again = RecordedCall()
        plugin.addListener(try again.call("addListener", ["eventName": "storeReset"]))
        // As when the page goes.
        plugin.perform(#selector(CAPPlugin.removeAllListeners(_:)), with: nil)
        plugin.notifyListeners("storeReset", data: ["store": "default"])
        XCTAssertFalse(plugin.hasListeners("storeReset"))
        XCTAssertNil(again.result)
    }

    private func answer(of plugin: StrongroomPlugin) throws -> RecordedCall {
        let call = RecordedCall()
        plugin.getPlatform(try call.call("getPlatform"))
        wait(for: [call.answered], timeout: 30)
        return call
    }

    private func waitingCalls(of plugin: StrongroomPlugin, count: Int) throws -> [RecordedCall] {
        try (0..<count).map { _ in
            let call = RecordedCall()
            plugin.getPlatform(try call.call("getPlatform"))
            return call
        }
    }
}

/// Listeners are changed by Capacitor's queue and by the main one, while events come from the plugin's. Without the plugin's lock, the
/// dictionary of Capacitor breaks within these rounds; ThreadSanitizer sees it at once.
final class ListenerTests: XCTestCase {
    @MainActor
    func testListenersMayComeAndGoWhileEventsAreDelivered() throws {
        let controller = PluginController()
        let plugin = controller.loaded()
        let calls = try (0..<8).map { try RecordedCall(expectsAnswers: false).call("addListener", ["eventName": "event\($0)"]) }
        nonisolated(unsafe) let listeners = calls
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for round in 0..<10_000 {
                switch (thread + round) % 4 {
                case 0: plugin.addListener(listeners[thread])
                case 1: plugin.removeListener(listeners[thread])
                case 2: plugin.notifyListeners("event\(round % 8)", data: ["store": "default"])
                default: plugin.removeAllListeners(nil)
                }
            }
        }
        plugin.removeAllListeners(nil)
        XCTAssertFalse(plugin.hasListeners("event0"))
    }
}

/// An app whose configuration has these options of the plugin.
final class PluginController: CAPBridgeViewController {
    private var options: [String: Any] = [:]
    private let plugin = StrongroomPlugin()

    convenience init(options: [String: Any] = [:]) {
        self.init()
        self.options = options
    }

    func loaded() -> StrongroomPlugin {
        _ = view
        return plugin
    }

    override func instanceDescriptor() -> InstanceDescriptor {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString, isDirectory: true)
        let configuration: [String: Any] = ["loggingBehavior": "none", "plugins": ["SecureStorage": options]]
        let file = folder.appendingPathComponent("capacitor.config.json")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try JSONSerialization.data(withJSONObject: configuration).write(to: file)
        } catch {
            XCTFail("the configuration could not be written")
        }
        return InstanceDescriptor(at: folder, configuration: file, cordovaConfiguration: nil)
    }

    override func capacitorDidLoad() {
        bridge?.registerPluginInstance(plugin)
    }
}
