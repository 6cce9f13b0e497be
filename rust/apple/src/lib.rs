//! The Apple Keychain behind Strongroom. Not built yet: every call answers `UNSUPPORTED`.
