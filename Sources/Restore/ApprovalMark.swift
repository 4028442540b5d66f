package import Basics
package import Codecs

/// Proves that an approval was written by this program, with its key, for exactly one plan.
package enum ApprovalMark {
    /// The mark of an approval: 64 hexadecimal digits.
    package static func text(
        id: String, plan: String, kind: String, who: String, account: String, origin: String,
        given: Timestamp, expires: Timestamp, hash: KeyedHash
    ) -> String {
        let fields: [JSONValue] = [
            "holdfast approval 2", .string(id), .string(plan), .string(kind), .string(who), .string(account),
            .string(origin),
            .int(given.nanoseconds), .int(expires.nanoseconds),
        ]
        return hash.digest(JSONWriter.bytes(.array(fields))).description
    }
}
