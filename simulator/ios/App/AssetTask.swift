import Foundation
import WebKit

/// A request of the page for a file of the app, and what Capacitor's handler answers.
final class AssetTask: WKURLSchemeTask {
    let request: URLRequest
    var associated: [UnsafeRawPointer: Any] = [:]
    private var response: URLResponse?
    private var body = Data()
    private var failure: NSError?
    private let done: ([String: Any]) -> Void

    init(_ request: URLRequest, done: @escaping ([String: Any]) -> Void) {
        self.request = request
        self.done = done
    }

    func didReceive(_ response: URLResponse) {
        self.response = response
    }

    func didReceive(_ data: Data) {
        body.append(data)
    }

    func didFinish() {
        let http = response as? HTTPURLResponse
        var headers: [String: String] = [:]
        for case let (name as String, value as String) in http?.allHeaderFields ?? [:] { headers[name] = value }
        done([
            "status": http?.statusCode ?? 200,
            "mimeType": response?.mimeType ?? headers["Content-Type"] ?? "",
            "headers": headers,
            "base64": body.base64EncodedString()
        ])
    }

    /// A page sees an error of the network, without a status.
    func didFailWithError(_ error: any Error) {
        let error = error as NSError
        done(["status": 0, "error": "\(error.domain) \(error.code)"])
    }
}
