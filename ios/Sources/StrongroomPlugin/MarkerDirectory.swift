import Foundation

/// The directory of a file that shows whether the app was installed again: the Keychain outlives the app, its files do not.
enum MarkerDirectory {
    /// Creates the directory. Returns nil if that fails, and in an extension: then no item counts as one of an earlier installation.
    static func prepared(process bundle: Bundle = .main) -> String? {
        // An extension has a directory of its own, which says nothing about the app. Without this check, an extension that has the
        // app's configuration could delete the app's items.
        guard bundle.bundleURL.pathExtension != "appex" else { return nil }
        let files = FileManager.default
        guard let support = files.urls(for: .applicationSupportDirectory, in: .userDomainMask).first else { return nil }
        var directory = support.appendingPathComponent("strongroom", isDirectory: true)
        // Readable before the first unlock. Otherwise a locked device would look like a new installation.
        let protection: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.none]
        // Excluded from backups. Otherwise a restored app would not look like a new installation.
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        do {
            try files.createDirectory(at: directory, withIntermediateDirectories: true, attributes: protection)
            try files.setAttributes(protection, ofItemAtPath: directory.path)
            try directory.setResourceValues(values)
        } catch {
            return nil
        }
        return directory.path
    }
}
