import SwiftUI

/// An app around the tests.
@main
struct KeychainHost: App {
    var body: some Scene {
        WindowGroup { Text("Tests run in here.") }
    }
}
