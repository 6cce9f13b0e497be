/// The name of a method.
public struct Selector: Hashable, ExpressibleByStringLiteral, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ name: String) {
        description = name
    }

    public init(stringLiteral name: String) {
        description = name
    }
}

public func NSSelectorFromString(_ name: String) -> Selector { Selector(name) }
public func NSStringFromSelector(_ selector: Selector) -> String { selector.description }

/// Capacitor asks for a class that only another product has.
extension NSObject {
    @discardableResult
    public static func perform(_ selector: Selector, with _: Any?) -> Any? {
        fatalError("there is no class method \(selector)")
    }
}

/// An object that others can attach values to.
public protocol Associating: AnyObject {
    var associated: [UnsafeRawPointer: Any] { get set }
}

public enum AssociationPolicy {
    case OBJC_ASSOCIATION_ASSIGN
    case OBJC_ASSOCIATION_RETAIN_NONATOMIC
}

public func objc_getAssociatedObject(_ object: Any, _ key: UnsafeRawPointer) -> Any? {
    (object as? Associating)?.associated[key]
}

public func objc_setAssociatedObject(_ object: Any, _ key: UnsafeRawPointer, _ value: Any?, _: AssociationPolicy) {
    (object as? Associating)?.associated[key] = value
}
