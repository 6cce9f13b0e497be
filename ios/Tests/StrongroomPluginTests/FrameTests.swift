import Capacitor
import WebKit
import XCTest

/// Which frames of a page Capacitor hears. Its source says: all of them. SECURITY.md rests on that, and docs/adr/0017-frames-and-pages.md
/// on what a filter would do. Neither has been seen on a phone before these tests run.
@MainActor
final class FrameTests: XCTestCase {
    override func setUp() async throws {
        try XCTSkipIf(Bundle.main.bundleURL.pathExtension != "app", "there is no app around the tests: see ios/Tests/Host")
    }

    /// If this fails, Capacitor or WebKit refuses frames by itself, and SECURITY.md may promise more.
    func testAFrameOfAnotherOriginReachesPlugins() throws {
        let probe = try open(ProbeController())
        XCTAssertEqual(probe.whatTheFrameSays, "sent")
        XCTAssertEqual(probe.callsFromFrame, 1)
    }

    func testNoFrameReachesPluginsBehindAFilter() throws {
        let probe = try open(FilteredController())
        XCTAssertEqual(probe.callsFromFrame, 0)
    }

    /// Shows the page until it has called a plugin, which it does after the frame in it has tried to.
    private func open(_ controller: ProbeController) throws -> FrameProbe {
        let scene = try XCTUnwrap(UIApplication.shared.connectedScenes.first as? UIWindowScene)
        let window = UIWindow(windowScene: scene)
        window.rootViewController = controller
        window.makeKeyAndVisible()
        defer { window.isHidden = true }
        wait(for: [controller.probe.calledByPage], timeout: 60)
        return controller.probe
    }
}

/// A plugin that counts who called it.
final class FrameProbe: CAPPlugin, CAPBridgedPlugin {
    let identifier = "FrameProbe"
    let jsName = "FrameProbe"
    let pluginMethods: [CAPPluginMethod] = [
        CAPPluginMethod(name: "fromPage", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "fromFrame", returnType: CAPPluginReturnPromise)
    ]

    let calledByPage = XCTestExpectation(description: "the page has called")
    // Capacitor runs the methods one after the other, and the test reads these when the last one has run.
    private(set) var whatTheFrameSays: String?
    private(set) var callsFromFrame = 0

    @objc func fromPage(_ call: CAPPluginCall) {
        whatTheFrameSays = call.getString("frame")
        calledByPage.fulfill()
    }

    @objc func fromFrame(_: CAPPluginCall) {
        callsFromFrame += 1
    }
}

/// Capacitor's own controller, with a page that holds a frame of an origin that is nobody's.
class ProbeController: CAPBridgeViewController {
    let probe = FrameProbe()

    override func instanceDescriptor() -> InstanceDescriptor {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Self.page.write(to: folder.appendingPathComponent("index.html"), atomically: true, encoding: .utf8)
        } catch {
            XCTFail("the page could not be written")
        }
        return InstanceDescriptor(at: folder, configuration: nil, cordovaConfiguration: nil)
    }

    override func capacitorDidLoad() {
        bridge?.registerPluginInstance(probe)
    }

    private static let page = """
    <!doctype html>
    <script>
      function call(name, options) {
        webkit.messageHandlers.bridge.postMessage({
          type: 'message', pluginId: 'FrameProbe', methodName: name, callbackId: '1', options: options
        });
      }
      onmessage = function (event) { call('fromPage', { frame: event.data }); };
    </script>
    <iframe sandbox="allow-scripts" srcdoc="<script>
      var said = 'sent';
      try {
        webkit.messageHandlers.bridge.postMessage({
          type: 'message', pluginId: 'FrameProbe', methodName: 'fromFrame', callbackId: '2', options: {}
        });
      } catch (error) { said = 'refused'; }
      parent.postMessage(said, '*');
    </script>"></iframe>
    """
}

/// The same behind a filter, which an app can put in place by itself.
final class FilteredController: ProbeController {
    override func capacitorDidLoad() {
        super.capacitorDidLoad()
        guard let controller = webView?.configuration.userContentController,
              let handler = webView?.navigationDelegate as? WKScriptMessageHandler
        else { return XCTFail("Capacitor's handler is not where it was") }
        controller.removeScriptMessageHandler(forName: "bridge")
        controller.add(MainFrameOnly(handler), name: "bridge")
    }
}

/// Hands on what the main frame says, and nothing else.
private final class MainFrameOnly: NSObject, WKScriptMessageHandler {
    private weak var handler: WKScriptMessageHandler?

    init(_ handler: WKScriptMessageHandler) {
        self.handler = handler
    }

    func userContentController(_ controller: WKUserContentController, didReceive message: WKScriptMessage) {
        guard message.frameInfo.isMainFrame else { return }
        handler?.userContentController(controller, didReceive: message)
    }
}
