import Basics

/// The texts in quotation marks in JSON, with or without comments, or TOML.
struct QuotedLiterals {
    let isTOML: Bool

    /// `bytes` with each literal whose text is a key of `texts` replaced by one of the value.
    func replacing(_ texts: [String: String], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            let end = commentEnd(offset, in: bytes) ?? literalEnd(offset, in: bytes)
            guard let end else {
                result.append(bytes[offset])
                offset += 1
                continue
            }
            let literal = bytes[offset..<end]
            let shown = text(of: literal).flatMap { texts[$0] }
            result += shown.map { JSONWriter.bytes(.string($0)) } ?? Array(literal)
            offset = end
        }
        return result
    }

    private func commentEnd(_ start: Int, in bytes: [UInt8]) -> Int? {
        let rest = bytes[start...]
        if isTOML ? rest.starts(with: "#".utf8) : rest.starts(with: "//".utf8) {
            return rest.firstIndex(of: 0x0A) ?? bytes.count
        }
        guard !isTOML, rest.starts(with: "/*".utf8) else { return nil }
        return ByteSearch.first(Array("*/".utf8), in: bytes, from: start + 2).map { $0 + 2 } ?? bytes.count
    }

    /// Where a literal ends that begins at `start`, behind its closing mark.
    private func literalEnd(_ start: Int, in bytes: [UInt8]) -> Int? {
        let mark = bytes[start]
        guard mark == UInt8(ascii: "\"") || isTOML && mark == UInt8(ascii: "'") else { return nil }
        let isLong = isTOML && bytes[start...].starts(with: [mark, mark, mark])
        if isLong {
            return ByteSearch.first([mark, mark, mark], in: bytes, from: start + 3).map { $0 + 3 }
                ?? bytes.count
        }
        var offset = start + 1
        while offset < bytes.count, bytes[offset] != mark, bytes[offset] != 0x0A {
            offset += bytes[offset] == UInt8(ascii: "\\") && mark == UInt8(ascii: "\"") ? 2 : 1
        }
        return min(offset + 1, bytes.count)
    }

    /// What a literal says; nil where it cannot be read.
    private func text(of literal: ArraySlice<UInt8>) -> String? {
        if literal.first == UInt8(ascii: "\"") {
            let isLong = isTOML && literal.starts(with: "\"\"\"".utf8)
            let bytes = isLong ? literal.dropFirst(2).dropLast(2) : literal
            return (try? JSONParser.parse(Array(bytes)))?.string
        }
        let marks = literal.starts(with: "'''".utf8) ? 3 : 1
        return String(validating: literal.dropFirst(marks).dropLast(marks), as: UTF8.self)
    }
}
