// CAPInstanceConfiguration.h and .m

open class InstanceConfiguration: NSObject {
    public let appendedUserAgentString: String?
    public let overridenUserAgentString: String?
    public let backgroundColor: UIColor?
    public let allowedNavigationHostnames: [String]
    public let localURL: URL
    public let serverURL: URL
    public let errorPath: String?
    public let pluginConfigurations: [AnyHashable: Any]
    public let loggingEnabled: Bool
    public let scrollingEnabled: Bool
    public let zoomingEnabled: Bool
    public let allowLinkPreviews: Bool
    public let handleApplicationNotifications: Bool
    public let isWebDebuggable: Bool
    public let hasInitialFocus: Bool
    public let cordovaDeployDisabled: Bool
    public let contentInsetAdjustmentBehavior: UIScrollView.ContentInsetAdjustmentBehavior
    public let appLocation: URL
    public let appStartPath: String?
    public let limitsNavigationsToAppBoundDomains: Bool
    public let preferredContentMode: String?
    public let legacyConfig: [AnyHashable: Any]

    public init(with descriptor: InstanceDescriptor, isDebug: Bool) {
        descriptor.normalize()
        appendedUserAgentString = descriptor.appendedUserAgentString
        overridenUserAgentString = descriptor.overridenUserAgentString
        backgroundColor = descriptor.backgroundColor
        allowedNavigationHostnames = descriptor.allowedNavigationHostnames
        switch descriptor.loggingBehavior {
        case .production: loggingEnabled = true
        case .debug: loggingEnabled = isDebug
        default: loggingEnabled = false
        }
        scrollingEnabled = descriptor.scrollingEnabled
        zoomingEnabled = descriptor.zoomingEnabled
        allowLinkPreviews = descriptor.allowLinkPreviews
        handleApplicationNotifications = descriptor.handleApplicationNotifications
        contentInsetAdjustmentBehavior = descriptor.contentInsetAdjustmentBehavior
        appLocation = descriptor.appLocation
        appStartPath = descriptor.appStartPath
        limitsNavigationsToAppBoundDomains = descriptor.limitsNavigationsToAppBoundDomains
        preferredContentMode = descriptor.preferredContentMode
        pluginConfigurations = descriptor.pluginConfigurations
        isWebDebuggable = descriptor.isWebDebuggable
        hasInitialFocus = descriptor.hasInitialFocus
        legacyConfig = descriptor.legacyConfig
        localURL = Self.nonnull("\(descriptor.urlScheme ?? "(null)")://\(descriptor.urlHostname ?? "(null)")")
        serverURL = descriptor.serverURL.map(Self.nonnull) ?? localURL
        errorPath = descriptor.errorPath
        cordovaDeployDisabled = descriptor.cordovaDeployDisabled
        super.init()
    }

    public func updatingAppLocation(_ location: URL) -> InstanceConfiguration {
        InstanceConfiguration(self, at: location)
    }

    /// The content mode is not copied, as in the original.
    private init(_ other: InstanceConfiguration, at location: URL) {
        appendedUserAgentString = other.appendedUserAgentString
        overridenUserAgentString = other.overridenUserAgentString
        backgroundColor = other.backgroundColor
        allowedNavigationHostnames = other.allowedNavigationHostnames
        localURL = other.localURL
        serverURL = other.serverURL
        errorPath = other.errorPath
        pluginConfigurations = other.pluginConfigurations
        loggingEnabled = other.loggingEnabled
        scrollingEnabled = other.scrollingEnabled
        zoomingEnabled = other.zoomingEnabled
        allowLinkPreviews = other.allowLinkPreviews
        handleApplicationNotifications = other.handleApplicationNotifications
        isWebDebuggable = other.isWebDebuggable
        hasInitialFocus = other.hasInitialFocus
        cordovaDeployDisabled = other.cordovaDeployDisabled
        contentInsetAdjustmentBehavior = other.contentInsetAdjustmentBehavior
        legacyConfig = other.legacyConfig
        appStartPath = other.appStartPath
        appLocation = location
        limitsNavigationsToAppBoundDomains = false
        preferredContentMode = nil
        super.init()
    }

    private static func nonnull(_ address: String) -> URL {
        guard let url = URL(string: address) else { fatalError("the configuration has an address that is none") }
        return url
    }
}
