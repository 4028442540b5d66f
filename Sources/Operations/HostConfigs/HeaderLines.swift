import Basics

/// Lines below `headers:`, `"env": {` and the like in a text that is not understood.
struct HeaderLines {
    let redactor: Redactor

    /// `bytes` with what stands behind the colons of those lines hidden.
    func hidden(_ bytes: [UInt8]) -> [UInt8] {
        var margin: Int?
        var isHeader = true
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line -> [UInt8] in
            let text = line.drop { $0 == 0x20 || $0 == 0x09 }
            let indent = text.startIndex - line.startIndex
            if let outer = margin, !text.isEmpty {
                if indent > outer { return hidden(line: line, text, isHeader: isHeader) }
                margin = nil
            }
            if margin == nil, let name = heading(text) {
                (margin, isHeader) = (indent, name.hasSuffix("headers"))
            }
            return Array(line)
        }
        return Array(lines.joined(separator: [0x0A]))
    }

    /// The name that such lines follow; nil where none does.
    private func heading(_ text: ArraySlice<UInt8>) -> String? {
        var name = text
        while let last = name.last, " \t\r{".utf8.contains(last) { name.removeLast() }
        guard name.last == UInt8(ascii: ":") else { return nil }
        let letters = String(
            decoding: name.dropLast().filter { !"\"' ".utf8.contains($0) }.map { $0 | 0x20 }, as: UTF8.self)
        return letters.hasSuffix("headers") || ["env", "envs", "environment"].contains(letters)
            ? letters : nil
    }

    private func hidden(line: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, isHeader: Bool) -> [UInt8] {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return Array(line) }
        let start = text[(colon + 1)...].firstIndex { !" \t\"'".utf8.contains($0) } ?? text.endIndex
        let end = text[start...].lastIndex { !" \t\r\"',".utf8.contains($0) }.map { $0 + 1 } ?? start
        let value = String(decoding: text[start..<end], as: UTF8.self)
        let name = text[..<colon].filter { !"\"' ".utf8.contains($0) }
        let isSecret =
            isHeader
            ? EntryHeaders.isSecret(value, of: String(decoding: name, as: UTF8.self))
            : EntryHeaders.isSecretVariable(value)
        guard isSecret else { return Array(line) }
        let mark = Array((redactor.redact(.secret(value)).string ?? "").utf8)
        return line[..<start] + mark + line[end...]
    }
}
