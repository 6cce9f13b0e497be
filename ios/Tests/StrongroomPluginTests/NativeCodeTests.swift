@testable import CapacitorStrongroom
import XCTest

/// What `Strongroom.open` reads. That it meets no item of an earlier installation is shown by `e2e/bridge/ios/reinstall.test.mjs`.
final class NativeCodeTests: XCTestCase {
    func testAConfigurationThatIsNotThereIsAnErrorAndNotADefault() throws {
        let broken = try file("{")
        for configuration in [nil, URL(fileURLWithPath: "/none/capacitor.config.json"), broken] {
            XCTAssertEqual(try code(configuration), "NOT_INITIALISED")
        }
    }

    func testTheOptionsOfThePluginReachRust() throws {
        XCTAssertEqual(try code(try file(#"{"plugins": {"SecureStorage": {"onKeyLoss": "perhaps"}}}"#)), "INVALID_ARGUMENT")
        XCTAssertNil(try code(try file(#"{"plugins": {"SecureStorage": {"onKeyLoss": "error"}}}"#)))
        XCTAssertNil(try code(try file(#"{"appId": "com.example.app"}"#)))
    }

    private func code(_ configuration: URL?) throws -> String? {
        do {
            _ = try Strongroom.open(store: "xctest", configuration: configuration)
            return nil
        } catch let StorageError.Coded(code, _, _) {
            return code
        }
    }

    private func file(_ text: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data(text.utf8).write(to: file)
        return file
    }
}

/// An app with types of its own that have the names of ours. Without a name for the module that no type has, this does not compile.
private enum AppWithSuchNames {
    struct SecureStorage {
        let ours: CapacitorStrongroom.SecureStorage
    }

    struct StorageItem {
        let ours: CapacitorStrongroom.StorageItem
    }

    enum StorageError: Error {
        case theirs(CapacitorStrongroom.StorageError)
    }

    enum Strongroom {
        static func open() throws -> SecureStorage { SecureStorage(ours: try CapacitorStrongroom.Strongroom.open(store: "theirs")) }
    }

    typealias EventListener = CapacitorStrongroom.EventListener
    typealias Bridge = CapacitorStrongroom.Bridge
    typealias Plugin = CapacitorStrongroom.StrongroomPlugin
}
