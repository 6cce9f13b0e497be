// What every file of an iPhone's app sees with UIKit, and Linux keeps in modules of their own.
@_exported import Foundation
@_exported import FoundationNetworking
@_exported import FoundationXML

public let MSEC_PER_SEC: UInt64 = 1000
