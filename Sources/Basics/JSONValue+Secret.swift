extension JSONValue {
    /// Marks `text` as a secret: stored whole inside the sealed vault, hidden by the redactor on every way out.
    package static func secret(_ text: String) -> JSONValue { .object(["$secret": .string(text)]) }

    /// The hidden text of a value made by `secret`, else nil.
    package var secretText: String? {
        guard case .object(let members) = self, members.count == 1 else { return nil }
        return members["$secret"]?.string
    }
}
