import Foundation

/// Where a file tells one installation of the app from the next: the Keychain outlives the app, its files do not.
enum MarkerDirectory {
    /// None if it cannot be made as it has to be: then no item is taken for one of an earlier installation.
    static func prepared() -> String? {
        let files = FileManager.default
        guard let support = files.urls(for: .applicationSupportDirectory, in: .userDomainMask).first else { return nil }
        var directory = support.appendingPathComponent("strongroom", isDirectory: true)
        // Readable before the first unlock, or a locked device would look like a new installation.
        let protection: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.none]
        // Not part of a backup, or a restored app would not look like one.
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
