package import Basics

extension OperationField {
    /// The input that arguments by field name make, with the defaults of those that are not given.
    ///
    /// - Throws: `argumentMissing`, `argumentInvalid`.
    package static func input<Input: OperationInput>(
        _ type: Input.Type, from arguments: [String: JSONValue]
    ) throws(OperationError) -> Input {
        var merged: [String: JSONValue] = [:]
        for field in table(of: Input()) {
            guard let value = arguments[field.name] ?? field.defaultValue else {
                throw OperationError(
                    .argumentMissing, "‘\(field.name)’ is missing", hint: field.description.help)
            }
            merged[field.property] = value
        }
        do { return try JSONValueDecoder().decode(Input.self, from: .object(merged)) } catch {
            throw OperationError(.argumentInvalid, "An argument has the wrong form: \(error)")
        }
    }
}
