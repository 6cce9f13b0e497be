/// The methods of a class that say `@objc` in its source, in place of Objective-C's own list. Written by transform.mjs.
public protocol ObjectiveCMethods {
    static var methods: [String: (CAPPlugin, CAPPluginCall?) -> Void] { get }
}

/// The classes that say `@objc(Name)`, by that name.
public enum ObjectiveCClasses {
    nonisolated(unsafe) public static var byName: [String: AnyClass] = [:]
}

func NSClassFromString(_ name: String) -> AnyClass? { ObjectiveCClasses.byName[name] }

extension CAPPlugin {
    public func responds(to selector: Selector) -> Bool { method(selector) != nil }

    /// Objective-C calls a method that is not there by ending the app.
    public func perform(_ selector: Selector, with call: CAPPluginCall?) {
        guard let method = method(selector) else {
            fatalError("-[\(type(of: self)) \(selector)]: unrecognized selector sent to instance")
        }
        method(self, call)
    }

    private func method(_ selector: Selector) -> ((CAPPlugin, CAPPluginCall?) -> Void)? {
        let name = selector.description
        return (type(of: self) as? any ObjectiveCMethods.Type)?.methods[name] ?? Self.methodsOfAll[name]
    }

    /// Those of CAPPlugin.m. Objective-C does not check that an argument is there, so nil arrives in their parameters.
    private static let methodsOfAll: [String: (CAPPlugin, CAPPluginCall?) -> Void] = [
        "addListener:": { $0.addListener(unsafeNonnull($1)) },
        "removeListener:": { $0.removeListener(unsafeNonnull($1)) },
        "removeAllListeners:": { $0.removeAllListeners(unsafeNonnull($1)) },
        "checkPermissions:": { $0.checkPermissions(unsafeNonnull($1)) },
        "requestPermissions:": { $0.requestPermissions(unsafeNonnull($1)) },
        "shouldOverrideLoad:": { _, _ in },
        "handleWKWebViewURLAuthenticationChallenge:completionHandler:": { _, _ in }
    ]
}

/// Passes nil where the header promises an object, as Objective-C does.
public func unsafeNonnull<T: AnyObject>(_ object: T?) -> T { unsafeBitCast(object, to: T.self) }

/// What was passed, although the header promises an object.
func nullable<T: AnyObject>(_ object: T) -> T? { unsafeBitCast(object, to: T?.self) }
