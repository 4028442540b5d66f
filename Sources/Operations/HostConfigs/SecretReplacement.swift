import Basics

/// Secrets that are known, looked for in a text wherever they stand.
struct SecretReplacement {
    /// The shortest secret that is looked for, and the shortest beginning of one at the end of a text.
    private static let shortest = 4

    /// The secrets as they may be written, and what stands for each; longer ones first, as they may have others in them.
    private let forms: [(form: [UInt8], mark: [UInt8])]

    /// - Parameter texts: what stands for each secret.
    init(_ texts: [String: String]) {
        forms = texts.sorted { $0.key.utf8.count > $1.key.utf8.count }.flatMap { secret, mark in
            let escaped = JSONWriter.bytes(.string(secret)).dropFirst().dropLast()
            return Set([Array(secret.utf8), Array(escaped)]).filter { $0.count >= Self.shortest }
                .map { ($0, Array(mark.utf8)) }
        }
    }

    /// The text with each of the secrets replaced, also as JSON writes it.
    /// - Parameter isCut: whether the text may end in the midst of one, whose beginning is replaced then.
    func replacing(in bytes: [UInt8], isCut: Bool) -> [UInt8] {
        forms.reduce(bytes) { Self.replacing($1.form, with: $1.mark, in: $0, isCut) }
    }

    private static func replacing(
        _ secret: [UInt8], with mark: [UInt8], in text: [UInt8], _ isCut: Bool
    ) -> [UInt8] {
        var result: [UInt8] = []
        var offset = 0
        while let found = ByteSearch.first(secret, in: text, from: offset) {
            result += text[offset..<found] + mark
            offset = found + secret.count
        }
        let rest = text[offset...]
        guard isCut else { return result + rest }
        let cut = (shortest..<max(shortest, secret.count)).last { rest.suffix($0) == secret.prefix($0) }
        return result + rest.dropLast(cut ?? 0) + (cut == nil ? [] : mark)
    }
}
