import FakeDevice
import Foundation
import XCTest

let phone = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString, isDirectory: true)
try FileManager.default.createDirectory(at: phone, withIntermediateDirectories: true)
if let problem = strongroom_fake_start(phone.path) {
    fatalError("the device: \(String(cString: problem))")
}
XCTMain(allTests)
