public protocol UIViewControllerTransitionCoordinator {}

open class UITraitCollection: NSObject {
    open var userInterfaceStyle: UIUserInterfaceStyle { .unspecified }
}

open class UIViewController: UIResponder {
    private var loaded: UIView?

    open var view: UIView! {
        get {
            if loaded == nil {
                loadView()
                viewDidLoad()
            }
            return loaded
        }
        set { loaded = newValue }
    }

    open var presentedViewController: UIViewController?
    open var isBeingDismissed: Bool { false }
    open var traitCollection: UITraitCollection { UITraitCollection() }
    open var prefersStatusBarHidden: Bool { false }
    open var preferredStatusBarStyle: UIStatusBarStyle { .default }
    open var preferredStatusBarUpdateAnimation: UIStatusBarAnimation { .fade }
    open var supportedInterfaceOrientations: UIInterfaceOrientationMask { [] }

    open func loadView() {
        loaded = UIView()
    }

    open func viewDidLoad() {}
    open func viewDidAppear(_: Bool) {}
    open func viewWillTransition(to _: CGSize, with _: any UIViewControllerTransitionCoordinator) {}
    open func canPerformUnwindSegueAction(_: Selector, from _: UIViewController, withSender _: Any) -> Bool { false }
    open func setNeedsStatusBarAppearanceUpdate() {}
    open func setNeedsUpdateOfHomeIndicatorAutoHidden() {}

    /// Nobody sees it, so it is never answered.
    open func present(_: UIViewController, animated _: Bool, completion: (() -> Void)? = nil) {
        completion?()
    }

    open func dismiss(animated _: Bool, completion: (() -> Void)? = nil) {
        completion?()
    }
}

open class UIAlertAction: NSObject {
    public enum Style { case `default`, cancel, destructive }

    public init(title _: String?, style _: Style, handler _: ((UIAlertAction) -> Void)? = nil) {
        super.init()
    }
}

open class UIAlertController: UIViewController {
    public enum Style { case actionSheet, alert }

    open var textFields: [UITextField]?

    public init(title _: String?, message _: String?, preferredStyle _: Style) {
        super.init()
    }

    public required init() {
        super.init()
    }

    open func addAction(_: UIAlertAction) {}
    open func addTextField(configurationHandler _: ((UITextField) -> Void)? = nil) {}
}
