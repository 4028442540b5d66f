/// A place in a JSON tree, built from its leaf upwards so that going one level deeper costs one allocation.
indirect enum JSONPath {
    case root
    case member(of: JSONPath, key: any CodingKey)

    /// The keys from the root to this place.
    var keys: [any CodingKey] {
        var keys: [any CodingKey] = []
        var place = self
        while case .member(let parent, let key) = place {
            keys.append(key)
            place = parent
        }
        return keys.reversed()
    }

    /// The place of the member `key` of this object.
    func appending(_ key: any CodingKey) -> JSONPath { .member(of: self, key: key) }

    /// The place of the element `index` of this array.
    func appending(_ index: Int) -> JSONPath { .member(of: self, key: JSONKey(index)) }

    /// The keys as people write them: `device.tags[2]`.
    static func text(_ keys: [any CodingKey]) -> String {
        var text = ""
        for key in keys {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
        return text
    }
}

/// A key made at run time: an index, or a name that no type declares.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ index: Int) {
        stringValue = String(index)
        intValue = index
    }

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) { self.init(intValue) }

    /// The key under which `superEncoder()` and `superDecoder()` keep the superclass.
    static let superclass = JSONKey(stringValue: "super")
}
