// What Capacitor's umbrella header gives to all of Capacitor's own files and to everyone who imports it.
@_exported import Cordova
@_exported import UIKit
@_exported import WebKit
