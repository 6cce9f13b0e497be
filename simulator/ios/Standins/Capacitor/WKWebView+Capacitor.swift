extension WKWebView: CapacitorExtension {}

extension CapacitorExtensionTypeWrapper where T == WKWebView {
    /// There is no keyboard. The original replaces a method of WebKit's.
    public func setKeyboardShouldRequireUserInteraction(_: Bool? = nil) {}
}
