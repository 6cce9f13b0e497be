public let CAPPluginReturnNone = "none"
public let CAPPluginReturnCallback = "callback"
public let CAPPluginReturnPromise = "promise"

open class CAPPluginMethod: NSObject {
    open var selector: Selector!
    open var name: String!
    open var returnType: String!

    public init!(name: String!, returnType: String!) {
        selector = Selector(name + ":")
        self.name = name
        self.returnType = returnType
        super.init()
    }

    public init!(selector: Selector!, returnType: String!) {
        self.selector = selector
        name = String(selector.description.dropLast())
        self.returnType = returnType
        super.init()
    }
}

public protocol CAPBridgedPlugin: NSObjectProtocol {
    var identifier: String { get }
    var jsName: String { get }
    var pluginMethods: [CAPPluginMethod] { get }
}
