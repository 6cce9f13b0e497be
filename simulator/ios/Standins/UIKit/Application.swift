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

/// What the simulator calls. All of it is optional.
public protocol UIApplicationDelegate: AnyObject {
    func application(_: UIApplication, didFinishLaunchingWithOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool
    func application(
        _: UIApplication, configurationForConnecting: UISceneSession, options: UIScene.ConnectionOptions
    ) -> UISceneConfiguration
}

extension UIApplicationDelegate {
    public func application(_: UIApplication, didFinishLaunchingWithOptions _: [UIApplication.LaunchOptionsKey: Any]?) -> Bool { true }

    public func application(
        _: UIApplication, configurationForConnecting session: UISceneSession, options _: UIScene.ConnectionOptions
    ) -> UISceneConfiguration {
        UISceneConfiguration(name: nil, sessionRole: session.role)
    }
}

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

open class UISceneSession: NSObject {
    public struct Role: Sendable {
        public static let windowApplication = Role()
    }

    open var role: Role { .windowApplication }
}

open class UISceneConfiguration: NSObject {
    open var delegateClass: AnyClass?

    public init(name _: String?, sessionRole _: UISceneSession.Role) {
        super.init()
    }
}

open class UIOpenURLContext: NSObject {
    open var url: URL { fatalError("no app opens an address here") }
    open var options: UIScene.OpenURLOptions { UIScene.OpenURLOptions() }
}

open class NSUserActivity: NSObject {
    open var activityType: String { "" }
    open var webpageURL: URL? { nil }
}

public let NSUserActivityTypeBrowsingWeb = "NSUserActivityTypeBrowsingWeb"

/// What the simulator calls. All of it is optional.
public protocol UISceneDelegate: AnyObject {
    func scene(_: UIScene, willConnectTo: UISceneSession, options: UIScene.ConnectionOptions)
    func sceneDidEnterBackground(_: UIScene)
    func sceneWillEnterForeground(_: UIScene)
    func sceneDidDisconnect(_: UIScene)
}

extension UISceneDelegate {
    public func scene(_: UIScene, willConnectTo _: UISceneSession, options _: UIScene.ConnectionOptions) {}
    public func sceneDidEnterBackground(_: UIScene) {}
    public func sceneWillEnterForeground(_: UIScene) {}
    public func sceneDidDisconnect(_: UIScene) {}
}

public protocol UIWindowSceneDelegate: UISceneDelegate {
    var window: UIWindow? { get set }
}

open class UIWindow: UIView {
    open weak var windowScene: UIWindowScene?
    open var rootViewController: UIViewController?

    public init(windowScene: UIWindowScene) {
        self.windowScene = windowScene
        super.init()
    }

    public required init() {
        super.init()
    }

    /// Loads the view, as the first layout does.
    open func makeKeyAndVisible() {
        guard let rootViewController else { return }
        rootViewController.view.window = self
        rootViewController.viewDidAppear(false)
    }
}
