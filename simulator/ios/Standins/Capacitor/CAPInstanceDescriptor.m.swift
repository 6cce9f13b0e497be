// CAPInstanceDescriptor.h and .m. Capacitor's own Swift reads the configuration into it.

public enum InstanceType: Int {
    case fixed, variable
}

public struct InstanceWarning: OptionSet {
    public let rawValue: UInt

    public init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    public static let missingAppDir = InstanceWarning(rawValue: 1 << 0)
    public static let missingFile = InstanceWarning(rawValue: 1 << 1)
    public static let invalidFile = InstanceWarning(rawValue: 1 << 2)
    public static let missingCordovaFile = InstanceWarning(rawValue: 1 << 3)
    public static let invalidCordovaFile = InstanceWarning(rawValue: 1 << 4)
}

public struct InstanceLoggingBehavior: OptionSet {
    public let rawValue: UInt

    public init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    public static let none = InstanceLoggingBehavior(rawValue: 1 << 0)
    public static let debug = InstanceLoggingBehavior(rawValue: 1 << 1)
    public static let production = InstanceLoggingBehavior(rawValue: 1 << 2)
}

open class InstanceDescriptor: NSObject {
    open var appendedUserAgentString: String?
    open var overridenUserAgentString: String?
    open var backgroundColor: UIColor?
    open var allowedNavigationHostnames: [String] = []
    open var urlScheme: String? = InstanceDescriptorDefaults.scheme
    open var errorPath: String?
    open var urlHostname: String? = InstanceDescriptorDefaults.hostname
    open var serverURL: String?
    open var pluginConfigurations: [AnyHashable: Any] = [:]
    open var loggingBehavior = InstanceLoggingBehavior.debug
    open var scrollingEnabled = true
    open var zoomingEnabled = false
    open var allowLinkPreviews = true
    open var handleApplicationNotifications = true
    open var isWebDebuggable = false
    open var hasInitialFocus = true
    open var contentInsetAdjustmentBehavior = UIScrollView.ContentInsetAdjustmentBehavior.never
    open var appLocation: URL
    open var appStartPath: String?
    open var limitsNavigationsToAppBoundDomains = false
    open var preferredContentMode: String?
    open var cordovaConfiguration = CDVConfigParser()
    open var warnings: InstanceWarning = []
    public let instanceType: InstanceType
    open var legacyConfig: [AnyHashable: Any] = [:]

    override public init() {
        let app = AppBundle.main
        instanceType = .fixed
        appLocation = app.url(forResource: "public", withExtension: nil) ?? app.resourceURL.appendingPathComponent("public")
        super.init()
        if app.url(forResource: "public", withExtension: nil) == nil { warnings = .missingAppDir }
        _parseConfiguration(
            at: app.url(forResource: "capacitor.config", withExtension: "json"),
            cordovaConfiguration: app.url(forResource: "config", withExtension: "xml")
        )
    }

    public init(at appURL: URL, configuration: URL?, cordovaConfiguration: URL?) {
        instanceType = .variable
        appLocation = appURL
        super.init()
        _parseConfiguration(at: configuration, cordovaConfiguration: cordovaConfiguration)
    }
}
