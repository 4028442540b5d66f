import Basics

/// The end of an audit chain, as kept in a file outside of the store: what shows that later records were cut off.
package struct AuditCheckpoint: Sendable, Equatable {
    /// Number of the last record; 0 while there is none.
    package let sequence: Int64
    /// Mark of that record.
    package let mark: String
    /// Whether the rows of the store's other tables carry marks: then none without counts any more.
    package let marksRows: Bool

    package init(sequence: Int64, mark: String, marksRows: Bool = true) {
        self.sequence = sequence
        self.mark = mark
        self.marksRows = marksRows
    }

    /// The end of a chain that ends with `record`; of an empty one when it is nil.
    package init(_ record: AuditRecord?) {
        self.init(sequence: record?.sequence ?? 0, mark: record?.mark ?? AuditChain.origin)
    }

    /// The content of the checkpoint's file: one line of JSON with a mark of its own.
    package func bytes(in chain: AuditChain) -> [UInt8] {
        JSONWriter.bytes([
            "mark": .string(mark), "seal": .string(chain.mark(of: self)), "sequence": .int(sequence),
        ]) + [0x0A]
    }

    /// Reads the content of the checkpoint's file; nil when it is not what `bytes` writes under the same key.
    package init?(_ bytes: [UInt8], in chain: AuditChain) {
        // What cannot be parsed is as worthless as what carries a wrong seal.
        guard let tree = try? JSONParser.parse(bytes), let sequence = tree["sequence"]?.int,
            let mark = tree["mark"]?.string
        else { return nil }
        for marksRows in [true, false] {
            self.init(sequence: sequence, mark: mark, marksRows: marksRows)
            if bytes == self.bytes(in: chain) { return }
        }
        return nil
    }
}
