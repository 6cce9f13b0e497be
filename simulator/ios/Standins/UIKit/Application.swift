open class UIApplication: UIResponder {
    public struct OpenURLOptionsKey: Hashable, Sendable {
        let rawValue: String

        public static let sourceApplication = OpenURLOptionsKey(rawValue: "sourceApplication")
        public static let annotation = OpenURLOptionsKey(rawValue: "annotation")
        public static let openInPlace = OpenURLOptionsKey(rawValue: "openInPlace")
    }

    public struct OpenExternalURLOptionsKey: Hashable, Sendable {}

    public struct LaunchOptionsKey: Hashable, Sendable {}

    nonisolated(unsafe) public static let shared = UIApplication()

    /// There is no other app.
    open func open(_: URL, options _: [OpenExternalURLOptionsKey: Any] = [:], completionHandler: ((Bool) -> Void)? = nil) {
        completionHandler?(false)
    }
}

public protocol UIApplicationDelegate: AnyObject {}
public protocol UIUserActivityRestoring {}

open class UIScene: NSObject {
    public enum ActivationState: Int, Sendable {
        case unattached = -1, foregroundActive, foregroundInactive, background
    }

    open class OpenURLOptions: NSObject {
        open var sourceApplication: String?
        open var annotation: Any?
        open var openInPlace = false
    }

    open class ConnectionOptions: NSObject {
        open var urlContexts: Set<UIOpenURLContext> = []
        open var userActivities: Set<NSUserActivity> = []
    }

    public static let willEnterForegroundNotification = Notification.Name("UISceneWillEnterForegroundNotification")
    public static let didEnterBackgroundNotification = Notification.Name("UISceneDidEnterBackgroundNotification")

    open var activationState = ActivationState.unattached
}

open class UIWindowScene: UIScene {}
open class UISceneSession: NSObject {}

open class UIOpenURLContext: NSObject {
    open var url: URL { fatalError("no app opens an address here") }
    open var options: UIScene.OpenURLOptions { UIScene.OpenURLOptions() }
}

open class NSUserActivity: NSObject {
    open var activityType: String { "" }
    open var webpageURL: URL? { nil }
}

public let NSUserActivityTypeBrowsingWeb = "NSUserActivityTypeBrowsingWeb"

public protocol UISceneDelegate: AnyObject {}
public protocol UIWindowSceneDelegate: UISceneDelegate {}

open class UIWindow: UIView {
    open weak var windowScene: UIWindowScene?
    open var rootViewController: UIViewController?

    public init(windowScene: UIWindowScene) {
        self.windowScene = windowScene
        super.init()
    }

    /// Loads the view, as the first layout does.
    open func makeKeyAndVisible() {
        guard let rootViewController else { return }
        rootViewController.view.window = self
        rootViewController.viewDidAppear(false)
    }
}
