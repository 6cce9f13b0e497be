import Capacitor
import WebKit
import XCTest

/// Which frames of a page can call plugins. According to Capacitor's source, all of them. SECURITY.md relies on that, and
/// docs/adr/0017-frames-and-pages.md on the effect of a filter. Only these tests show both on a phone. They are not compiled on
/// Linux, where no WebKit shows their page.
@MainActor
final class FrameTests: XCTestCase {
    override func setUp() async throws {
        try XCTSkipIf(Bundle.main.bundleURL.pathExtension != "app", "no app runs the tests: see ios/Tests/Host")
    }

    /// If this fails, Capacitor or WebKit refuses frames, and SECURITY.md can promise more.
    func testAFrameOfAnotherOriginReachesPlugins() throws {
        let probe = try open(ProbeController())
        XCTAssertEqual(probe.whatTheFrameSays, "sent")
        XCTAssertEqual(probe.callsFromFrame, 1)
    }

    func testNoFrameReachesPluginsBehindAFilter() throws {
        let probe = try open(FilteredController())
        XCTAssertEqual(probe.callsFromFrame, 0)
    }

    /// Shows the page until it has called a plugin. It does that after its frame has tried to.
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

/// A plugin that counts the calls of a frame.
final class FrameProbe: CAPPlugin, CAPBridgedPlugin {
    let identifier = "FrameProbe"
    let jsName = "FrameProbe"
    let pluginMethods: [CAPPluginMethod] = [
        CAPPluginMethod(name: "fromPage", returnType: CAPPluginReturnPromise),
        CAPPluginMethod(name: "fromFrame", returnType: CAPPluginReturnPromise)
    ]

    let calledByPage = XCTestExpectation(description: "the page has called")
    // Capacitor runs the methods one after the other. The test reads these after the last one.
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

/// Capacitor's own controller, with a page that contains a frame of an opaque origin.
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

/// The same with a filter that an app can install.
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

/// Passes on the messages of the main frame only.
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
