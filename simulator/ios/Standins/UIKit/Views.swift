open class UIResponder: NSObject {
    /// Required, so that the delegate of a scene can be made from its class.
    override public required init() {
        super.init()
    }

    @discardableResult
    open func becomeFirstResponder() -> Bool { true }
}

open class UIView: UIResponder {
    open weak var superview: UIView?
    open weak var window: UIWindow?
    open var isHidden = false
    open var isOpaque = true
    open var backgroundColor: UIColor?

    public init(frame _: CGRect) {
        super.init()
    }

    public required init() {
        super.init()
    }

    /// Without an animation.
    open class func animate(withDuration _: TimeInterval, animations: @escaping () -> Void) {
        animations()
    }
}

open class UIColor: NSObject {
    public static var systemBackground: UIColor { UIColor(red: 1, green: 1, blue: 1, alpha: 1) }

    public required init(red _: CGFloat, green _: CGFloat, blue _: CGFloat, alpha _: CGFloat) {
        super.init()
    }
}

open class UIGestureRecognizer: NSObject {
    open var isEnabled = true
}

public protocol UIScrollViewDelegate: AnyObject {}

open class UIScrollView: UIView {
    public enum ContentInsetAdjustmentBehavior: Int {
        case automatic, scrollableAxes, never, always
    }

    open weak var delegate: UIScrollViewDelegate?
    open var bounces = true
    open var isScrollEnabled = true
    open var contentInsetAdjustmentBehavior = ContentInsetAdjustmentBehavior.automatic
    open var pinchGestureRecognizer: UIGestureRecognizer?
}

open class UITextField: UIView {
    open var text: String?
}
