@testable import App
import Foundation
import UIKit

/// The app's window, as the app's own delegates make it.
final class Scene {
    let window: UIWindow?
    private let scene = UIWindowScene()
    private let delegate: UIWindowSceneDelegate?

    init(of app: UIApplicationDelegate) {
        let session = UISceneSession()
        let options = UIScene.ConnectionOptions()
        let configuration = app.application(.shared, configurationForConnecting: session, options: options)
        delegate = (configuration.delegateClass as? UIResponder.Type)?.init() as? UIWindowSceneDelegate
        scene.activationState = .foregroundActive
        delegate?.scene(scene, willConnectTo: session, options: options)
        window = delegate?.window
    }

    func enterBackground() {
        scene.activationState = .background
        delegate?.sceneDidEnterBackground(scene)
        NotificationCenter.default.post(name: UIScene.didEnterBackgroundNotification, object: scene)
    }

    func enterForeground() {
        delegate?.sceneWillEnterForeground(scene)
        NotificationCenter.default.post(name: UIScene.willEnterForegroundNotification, object: scene)
        scene.activationState = .foregroundActive
    }

    /// Afterwards, nothing of the system holds the window.
    func disconnect() {
        delegate?.sceneDidDisconnect(scene)
    }
}
