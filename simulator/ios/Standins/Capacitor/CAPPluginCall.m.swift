// CAPPluginCall.h has no nullability, so that everything may be nil and nothing has to be unwrapped.

public typealias CAPPluginCallSuccessHandler = (CAPPluginCallResult?, CAPPluginCall?) -> Void
public typealias CAPPluginCallErrorHandler = (CAPPluginCallError?) -> Void

open class CAPPluginCall: NSObject {
    open var keepAlive = false
    open var callbackId: String!
    open var methodName: String!
    open var options: [AnyHashable: Any]!
    open var successHandler: CAPPluginCallSuccessHandler!
    open var errorHandler: CAPPluginCallErrorHandler!

    public init!(
        callbackId: String!, methodName: String!, options: [AnyHashable: Any]!,
        success: CAPPluginCallSuccessHandler!, error: CAPPluginCallErrorHandler!
    ) {
        self.callbackId = callbackId
        self.methodName = methodName
        self.options = options
        successHandler = success
        errorHandler = error
        super.init()
    }

    @available(*, deprecated, message: "Use 'keepAlive' instead.")
    open var isSaved: Bool {
        get { keepAlive }
        set { keepAlive = newValue }
    }
}
