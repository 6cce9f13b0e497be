import Capacitor
@testable import CapacitorStrongroom
import XCTest

final class MethodTests: XCTestCase {
    private let plugin = StrongroomPlugin()

    func testThePageFindsThePluginByItsName() {
        XCTAssertEqual(plugin.jsName, "SecureStorage")
        #if os(Linux)
        // The name of a class is that of Swift, because there is no @objc.
        XCTAssertEqual(NSStringFromClass(StrongroomPlugin.self), "CapacitorStrongroom.\(plugin.identifier)")
        #else
        XCTAssertEqual(plugin.identifier, NSStringFromClass(StrongroomPlugin.self))
        #endif
    }

    /// A listed method that does not exist would never answer.
    func testEveryListedMethodIsThere() {
        XCTAssertFalse(plugin.pluginMethods.isEmpty)
        for method in plugin.pluginMethods {
            XCTAssertTrue(plugin.responds(to: method.selector), method.name)
            XCTAssertEqual(method.returnType as String, CAPPluginReturnPromise, method.name)
        }
    }

    func testTheListIsThatOfTheContract() throws {
        let listed = plugin.pluginMethods.map { $0.name as String }
        XCTAssertEqual(listed.sorted(), try contract().methods.sorted())
    }

    private struct Contract: Decodable {
        let methods: [String]
    }

    /// The iOS simulator can read the files of the machine that compiled the tests.
    private func contract() throws -> Contract {
        let root = (1...4).reduce(URL(fileURLWithPath: #filePath)) { path, _ in path.deletingLastPathComponent() }
        return try JSONDecoder().decode(Contract.self, from: Data(contentsOf: root.appendingPathComponent("contract/bridge.json")))
    }
}
