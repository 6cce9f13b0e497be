import Foundation

/// The directory of a file that shows whether the app was installed again: the Keychain outlives the app, its files do not.
enum MarkerDirectory {
    /// Creates the directory. Returns nil if that fails: then no item counts as one of an earlier installation.
    static func prepared() -> String? {
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
