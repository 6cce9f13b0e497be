import Foundation

/// The command line of `simulator/ios/run`.
struct Options {
    let data: URL
    let assets: URL
    let framework: URL
    let port: UInt16

    init(_ arguments: [String]) {
        var values: [String: String] = [:]
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else { Crash.end("\(name) is not an option with a value", 64) }
            values[name] = value
        }
        func folder(_ name: String) -> URL {
            guard let path = values[name] else { Crash.end("\(name) is needed", 64) }
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        data = folder("--data")
        assets = folder("--assets")
        framework = folder("--framework")
        port = values["--port"].flatMap(UInt16.init) ?? 0
    }
}
