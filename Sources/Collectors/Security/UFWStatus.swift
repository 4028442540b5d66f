import Basics

/// The output of `ufw status verbose`.
struct UFWStatus {
    private let fields: [String: JSONValue]

    /// Nil when the lines are no such output.
    init?(_ lines: [String]) {
        guard let status = lines.first(where: { $0.hasPrefix("Status: ") }) else { return nil }
        var fields: [String: JSONValue] = ["isActive": .bool(status.dropFirst(8) == "active")]
        var rules: [JSONValue] = []
        var isTable = false
        for line in lines {
            let words = line.split(separator: " ").joined(separator: " ")
            if words.hasPrefix("--") {
                isTable = true
            } else if isTable, !words.isEmpty {
                rules.append(.string(words))
            } else if let value = Self.value(words, "Logging: ") {
                fields["logging"] = value
            } else if let value = Self.value(words, "Default: ") {
                fields["defaults"] = value
            } else if let value = Self.value(words, "New profiles: ") {
                fields["newProfiles"] = value
            }
        }
        fields["rules"] = .array(rules)
        self.fields = fields
    }

    var item: InventoryItem { InventoryItem("ufw", "ufw", fields) }

    private static func value(_ line: String, _ key: String) -> JSONValue? {
        line.hasPrefix(key) ? .string(String(line.dropFirst(key.count))) : nil
    }
}
