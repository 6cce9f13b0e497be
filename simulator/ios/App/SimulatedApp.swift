@testable import App
import Capacitor
import CapacitorStrongroom
import Foundation

/// The app's process. It is used on the main thread, where a phone has its scene, its window and its page.
final class SimulatedApp: @unchecked Sendable {
    /// Sends a line to the client.
    var send: ([String: Any]) -> Void = { _ in }
    private let delegate: any UIApplicationDelegate
    private let nativeCode: NativeCode
    private var scene: Scene?
    private var lives = Lives()

    private var controller: CAPBridgeViewController? { scene?.window?.rootViewController as? CAPBridgeViewController }
    private var webView: WKWebView? { controller?.webView }

    init(_ options: Options) {
        // Without CAPACITOR_DEBUG, it is a release build.
        AppBundle.main = AppBundle(resources: options.assets, info: [
            "CFBundleVersion": "1", "CFBundleShortVersionString": "1.0"
        ])
        AppBundle.capacitor = AppBundle(resources: options.framework, info: [:])
        delegate = AppDelegate()
        nativeCode = NativeCode(configuration: options.assets.appendingPathComponent("capacitor.config.json"))
        ObjectiveCClasses.byName = classesOfCapacitor().merging(classesOfCapacitorStrongroom()) { first, _ in first }
        if !delegate.application(.shared, didFinishLaunchingWithOptions: nil) { Crash.end("the app does not start") }
    }

    /// A line of the client, on the thread that reads it. The device does not need the app's main thread.
    func receive(_ line: Data) {
        guard let message = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else { Crash.end("a line is not JSON") }
        let name = message["name"] as? String ?? ""
        if message["type"] as? String == "command", name.hasPrefix("keychain.") {
            answer(message, FakeDevice.command(name, message["args"] as? [String: Any] ?? [:]))
            return
        }
        nonisolated(unsafe) let received = message
        DispatchQueue.main.async { [self] in
            if received["type"] as? String == "message" { deliver(received) } else { run(received) }
        }
    }

    func openScene() {
        scene = Scene(of: delegate)
        guard webView != nil else { Crash.end("the app shows no page") }
        webView?.onEvaluate = { [unowned self] in send(["type": "eval", "script": $0]) }
    }

    private func deliver(_ message: [String: Any]) {
        let origin = (message["origin"] as? String).flatMap(URL.init(string:))
        let frame = WKFrameInfo(isMainFrame: message["mainFrame"] as? Bool ?? true, origin: origin)
        webView?.deliver(asWebKit(message["data"] ?? NSNull()), from: frame, to: "bridge")
    }

    private func run(_ command: [String: Any]) {
        let arguments = command["args"] as? [String: Any] ?? [:]
        let url = (arguments["url"] as? String).flatMap(URL.init(string:))
        switch (command["name"] as? String, url) {
        case ("documentStartScript", _): answer(command, value: documentStartScript)
        case ("asset", let url?): asset(URLRequest(url: url)) { [self] in answer(command, value: $0) }
        case ("pageStarted", let url?):
            if webView?.navigate(to: url) == true { answer(command, value: true) } else { refuse(command, "Capacitor refuses the address") }
        case ("prompt", _):
            webView?.prompt(arguments["text"] as? String ?? "") { [self] in answer(command, value: $0 ?? NSNull()) }
        case ("native", _): answer(command, nativeCode.read(arguments))
        case (let name?, _): runInWindow(name, command)
        default: refuse(command, "Unknown command")
        }
    }

    private func runInWindow(_ name: String, _ command: [String: Any]) {
        switch name {
        case "pause": scene?.enterBackground()
        case "resume": scene?.enterForeground()
        case "openScene": openScene()
        case "closeScene": closeScene()
        case "visible": return answer(command, value: controller?.view.isHidden == false)
        case "lives": return answer(command, value: lives.counts)
        case "exit":
            closeScene()
            answer(command, value: true)
            // exit() would wait for threads that wait for others.
            _exit(0)
        default: return refuse(command, "Unknown command")
        }
        answer(command, value: true)
    }

    /// The last reference to the controller, the web view and the bridge goes, while calls may still wait.
    private func closeScene() {
        if let controller { lives.note(controller) }
        scene?.disconnect()
        scene = nil
    }

    private var documentStartScript: String {
        let scripts = webView?.configuration.userContentController.userScripts ?? []
        return scripts.filter { $0.injectionTime == .atDocumentStart }.map(\.source).joined(separator: "\n;\n")
    }

    private func asset(_ request: URLRequest, done: @escaping ([String: Any]) -> Void) {
        guard let webView, let handler = request.url?.scheme.flatMap(webView.configuration.urlSchemeHandler(forURLScheme:)) else {
            return done(["status": 0, "error": "no handler has this scheme"])
        }
        handler.webView(webView, start: AssetTask(request, done: done))
    }

    private func answer(_ command: [String: Any], value: Any) {
        answer(command, ["ok": true, "value": value])
    }

    private func refuse(_ command: [String: Any], _ problem: String) {
        answer(command, ["ok": false, "error": problem])
    }

    private func answer(_ command: [String: Any], _ result: [String: Any]) {
        send(result.merging(["type": "result", "id": command["id"] ?? NSNull()]) { _, new in new })
    }
}
