import SwiftUI

/// The app that runs the tests.
@main
struct KeychainHost: App {
    var body: some Scene {
        WindowGroup { Text("Tests run in this app.") }
    }
}
