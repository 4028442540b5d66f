extension Redactor {
    /// The text of the file at `path` with its secrets hidden.
    ///
    /// Where the name says that all of it is secret (`chap-secrets`, `.pgpass`, `site.key`), every line is hidden that is
    /// neither empty nor a comment.
    package func redact(_ text: String, at path: String) -> String {
        let redacted = redact(text)
        guard SecretRules.isSecretPath(path) else { return redacted }
        let lines = redacted.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let bytes = Array(line.utf8)
            let first = bytes.first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
            let isShown = first == nil || first == UInt8(ascii: "#") || HiddenText.isHidden(bytes)
            return isShown ? String(line) : String(decoding: hidden(bytes), as: UTF8.self)
        }
        return lines.joined(separator: "\n")
    }
}
