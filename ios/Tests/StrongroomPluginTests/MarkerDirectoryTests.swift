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
}
