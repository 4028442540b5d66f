/// Why a value does not fit a JSON tree or a tree does not fit a type, and where in the tree.
package struct JSONShapeError: Error, Equatable, CustomStringConvertible {
    /// Where in the tree, for example `device.tags[2]`; empty for its root.
    package let path: String
    /// What was wrong there, as a clause without a full stop.
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

    init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            self.init(path: JSONPath.text(context.codingPath), reason: context.debugDescription)
        case .keyNotFound(let key, let context):
            self.init(path: JSONPath.text(context.codingPath + [key]), reason: "missing")
        @unknown default:
            self.init(path: "", reason: "\(error)")
        }
    }

    init(_ error: EncodingError) {
        switch error {
        case .invalidValue(_, let context):
            self.init(path: JSONPath.text(context.codingPath), reason: context.debugDescription)
        @unknown default:
            self.init(path: "", reason: "\(error)")
        }
    }
}
