/// The dictionary of a plugin's listeners. Like NSMutableDictionary, it must not be used by two threads at once. Linux' own
/// dictionary copies the lists that are taken from it, and ThreadSanitizer cannot look into it.
final class ListenerTable: NSMutableDictionary {
    private var lists: [String: Any] = [:]

    static func of(_ dictionary: NSMutableDictionary?) -> NSMutableDictionary? {
        guard let dictionary, !(dictionary is ListenerTable) else { return dictionary }
        let table = ListenerTable(capacity: 0)
        for (key, list) in dictionary { table.setObject(list, forKey: key as! AnyHashable) }
        return table
    }

    override var count: Int { lists.count }

    override func object(forKey key: Any) -> Any? {
        (key as? String).flatMap { lists[$0] }
    }

    override func setObject(_ object: Any, forKey key: AnyHashable) {
        lists[key as! String] = object
    }

    override func removeObject(forKey key: Any) {
        lists[key as! String] = nil
    }

    override func removeAllObjects() {
        lists.removeAll()
    }

    override func keyEnumerator() -> NSEnumerator {
        NSArray(array: Array(lists.keys)).objectEnumerator()
    }
}

/// One event's list, which is changed in its place as an NSMutableArray is.
final class MutableList<Element> {
    var elements: [Element]

    init(_ elements: [Element] = []) {
        self.elements = elements
    }
}
