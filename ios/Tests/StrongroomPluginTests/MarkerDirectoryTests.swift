@testable import CapacitorStrongroom
import XCTest

final class MarkerDirectoryTests: XCTestCase {
    func testItIsThereAndOutsideOfBackups() throws {
        for _ in 1...2 {
            let path = try XCTUnwrap(MarkerDirectory.prepared())
            let wanted: Set<URLResourceKey> = [.isDirectoryKey, .isExcludedFromBackupKey]
            let values = try URL(fileURLWithPath: path, isDirectory: true).resourceValues(forKeys: wanted)
            XCTAssertEqual(values.isDirectory, true)
            #if os(Linux)
            // Foundation of Linux has no backups: it accepts the value and forgets it.
            XCTAssertNil(values.isExcludedFromBackup)
            #else
            XCTAssertEqual(values.isExcludedFromBackup, true)
            #endif
        }
    }

    /// The files of an extension are not those of its app, so they cannot show that the app was installed again.
    func testAnExtensionHasNone() throws {
        XCTAssertNil(MarkerDirectory.prepared(process: try bundle("Widget.appex")))
        XCTAssertNotNil(MarkerDirectory.prepared(process: try bundle("App.app")))
    }

    private func bundle(_ name: String) throws -> Bundle {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bundle: Bundle? = .init(url: folder)
        return try XCTUnwrap(bundle)
    }
}
