package import Basics

/// What a collector understood: a flat list of named things, comparable between two points in time.
package struct Inventory: Sendable, Equatable {
    /// In no particular order; `kind` and `name` together are unique.
    package var items: [InventoryItem]
    /// Sentences on what the section could not see or does not cover.
    package var remarks: [String]

    package init(_ items: [InventoryItem] = [], remarks: [String] = []) {
        self.items = items
        self.remarks = remarks
    }
}

/// One thing found on a device: a package, a user, a unit, a container.
///
/// Only what stays the same on an idle machine belongs into `fields`: no counters, no times since, no process ids.
package struct InventoryItem: Sendable, Equatable {
    /// The sort of thing, singular: `package`, `user`, `unit`, `container`.
    package let kind: String
    /// Its name on the device (`DeviceText`), unique within the kind.
    package let name: String
    /// Its properties.
    ///
    /// A secret is wrapped with `JSONValue.secret`.
    package let fields: [String: JSONValue]

    package init(_ kind: String, _ name: String, _ fields: [String: JSONValue]) {
        self.kind = kind
        self.name = name
        self.fields = fields
    }

    /// The stored form: `{"kind": …, "name": …, "fields": {…}}`.
    package var json: JSONValue {
        .object(["kind": .string(kind), "name": .string(name), "fields": .object(fields)])
    }

    /// Nil when `json` has not the stored form.
    package init?(json: JSONValue) {
        guard let kind = json["kind"]?.string, let name = json["name"]?.string,
            let fields = json["fields"]?.object
        else {
            return nil
        }
        self.init(kind, name, fields)
    }
}
