package import Basics
import Collectors

/// What happened to a thing between two points in time.
package enum ChangeKind: String, Codable, Sendable, CaseIterable {
    case added
    case removed
    case changed
}

/// One property of a thing that differs.
package struct FieldChange: Codable, Sendable, Equatable {
    /// The property's name; parts of nested ones are joined by `.`.
    package let field: String
    /// The value before; nil when there was none.
    package let old: JSONValue?
    /// The value after; nil when there is none.
    package let new: JSONValue?
}

/// One thing of an inventory that was added, removed or changed.
package struct ItemChange: Codable, Sendable, Equatable {
    package let section: String
    package let kind: String
    package let name: String
    package let change: ChangeKind
    /// For a changed thing: the properties that differ, sorted by name.
    package let fields: [FieldChange]
}

/// Compares two inventories of the same section by kind and name.
enum InventoryDiff {
    /// The changes from `old` to `new`, sorted by kind and name.
    static func changes(section: String, from old: [InventoryItem], to new: [InventoryItem]) -> [ItemChange] {
        let before = byKey(old)
        let after = byKey(new)
        var changes: [ItemChange] = []
        for key in Set(before.keys).union(after.keys) {
            func change(_ kind: ChangeKind, _ fields: [FieldChange] = []) -> ItemChange {
                ItemChange(section: section, kind: key.kind, name: key.name, change: kind, fields: fields)
            }
            switch (before[key], after[key]) {
            case (nil, .some): changes.append(change(.added))
            case (.some, nil): changes.append(change(.removed))
            case (.some(let left), .some(let right)) where left != right:
                changes.append(change(.changed, fieldChanges("", .object(left), .object(right))))
            default: break
            }
        }
        return changes.sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
    }

    private struct Key: Hashable {
        let kind: String
        let name: String
    }

    private static func byKey(_ items: [InventoryItem]) -> [Key: [String: JSONValue]] {
        Dictionary(items.map { (Key(kind: $0.kind, name: $0.name), $0.fields) }) { first, _ in first }
    }

    /// Descends into objects, so that one changed label is one line and not the whole container.
    private static func fieldChanges(_ path: String, _ old: JSONValue?, _ new: JSONValue?) -> [FieldChange] {
        guard old != new else { return [] }
        if case .object(let before)? = old, case .object(let after)? = new, old?.secretText == nil,
            new?.secretText == nil
        {
            return Set(before.keys).union(after.keys).sorted().flatMap { key in
                fieldChanges(path.isEmpty ? key : "\(path).\(key)", before[key], after[key])
            }
        }
        return [FieldChange(field: path, old: old, new: new)]
    }
}
