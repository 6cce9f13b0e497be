/// What iOS answers for the files of a web app. For others, Capacitor asks a table of its own.
public struct UTType: Sendable {
    public let preferredMIMEType: String?

    public init?(filenameExtension: String) {
        guard let type = Self.types[filenameExtension.lowercased()] else { return nil }
        preferredMIMEType = type
    }

    private static let types = [
        "css": "text/css", "gif": "image/gif", "htm": "text/html", "html": "text/html", "ico": "image/vnd.microsoft.icon",
        "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript", "json": "application/json",
        "mjs": "text/javascript", "png": "image/png", "svg": "image/svg+xml", "txt": "text/plain",
        "wasm": "application/wasm", "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2",
        "xml": "application/xml"
    ]
}
