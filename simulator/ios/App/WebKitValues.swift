import Foundation

/// A value as WebKit hands it to the app: every number is a double, objects and arrays are Foundation's.
///
/// What JSON cannot carry has a spelling: `{"$number":"NaN"}` (also Infinity, -Infinity, -0), `{"$date":milliseconds}`, and
/// `{"$utf16":[units]}` for text with half of a surrogate pair.
func asWebKit(_ value: Any) -> Any {
    switch value {
    case let text as String: return text as NSString
    case let list as [Any]: return NSMutableArray(array: list.map(asWebKit))
    case let fields as [String: Any]: return spelled(fields) ?? object(fields)
    case let number as NSNumber: return isBoolean(number) ? number : NSNumber(value: number.doubleValue)
    default: return value
    }
}

private func object(_ fields: [String: Any]) -> NSMutableDictionary {
    let object = NSMutableDictionary()
    for (name, value) in fields { object.setObject(asWebKit(value), forKey: name as NSString) }
    return object
}

private func spelled(_ fields: [String: Any]) -> Any? {
    guard fields.count == 1, let (name, value) = fields.first else { return nil }
    switch (name, value) {
    case let ("$number", text as String):
        return Double(text == "-0" ? "-0.0" : text).map(NSNumber.init(value:))
    case let ("$date", milliseconds as NSNumber):
        return Date(timeIntervalSince1970: milliseconds.doubleValue / 1000)
    case let ("$utf16", units as [NSNumber]):
        let units = units.map(\.uint16Value)
        return units.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { NSString(characters: $0, length: buffer.count) } ?? ""
        }
    default: return nil
    }
}

/// Linux keeps a boolean of JSON as a number of this type.
private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
