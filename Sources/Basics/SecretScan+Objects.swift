/// Values of objects that another member makes secrets: those of Kubernetes secrets in JSON, and what Terraform keeps.
extension SecretScan {
    /// How many objects within each other are told apart.
    private static let depthLimit = 64
    /// The longest object that is looked through, in bytes.
    private static let objectLimit = 1 << 20

    /// An object whose brace has been read and none that closes it.
    private struct OpenObject {
        let start: Int
        /// Which of its members are secrets.
        var members: Set<String> = []
    }

    /// The secrets of objects that say so in another member.
    func objectSecrets() -> [Range<Int>] {
        let isPossible =
            mayHoldSecretKind
            || ["\"sensitive\"", "\"random_password\"", "\"kubernetes_secret"].contains {
                ByteSearch.first(Array($0.utf8), in: bytes) != nil
            }
        guard isPossible else { return [] }
        var found: [Range<Int>] = []
        var open: [OpenObject] = []
        var offset = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "{"):
                guard open.count < Self.depthLimit else { break }
                open.append(OpenObject(start: offset, members: resource(at: offset)))
            case UInt8(ascii: "}"):
                if let object = open.popLast() { found += secrets(of: object, to: offset) }
            case UInt8(ascii: "\""):
                let end = textEnd(offset)
                if let last = open.indices.last { open[last].members.formUnion(told(by: offset + 1..<end)) }
                offset = max(offset, end)
            case UInt8(ascii: "k"):
                if let last = open.indices.last, isSecretKind(at: offset) {
                    open[last].members.formUnion(["data", "stringData"])
                }
            default: break
            }
            offset += 1
        }
        for object in open { found += secrets(of: object, to: bytes.count) }
        return found
    }

    /// Where the text between quotation marks ends that begins at `start`, on its line.
    private func textEnd(_ start: Int) -> Int {
        var offset = start + 1
        while offset < bytes.count, bytes[offset] != 0x0A {
            if bytes[offset] == bytes[start] { return offset }
            offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(offset, bytes.count)
    }

    /// Which members are secrets beside the one with this name.
    private func told(by name: Range<Int>) -> Set<String> {
        if isText(name, "kind") { return isSecretKind(at: name.lowerBound) ? ["data", "stringData"] : [] }
        let value = runEnd(runEnd(name.upperBound + 1, .space) + 1, .space)
        guard has(":", at: runEnd(name.upperBound + 1, .space)) else { return [] }
        if isText(name, "sensitive") { return has("true", at: value) ? ["value"] : [] }
        let isDrawn = isText(name, "type") && has("\"random_password\"", at: value)
        return isDrawn ? ["instances", "values"] : []
    }

    /// What is secret in the block of a resource of Terraform whose brace stands at `brace`.
    private func resource(at brace: Int) -> Set<String> {
        let line = lineStart(brace)..<brace
        return has("resource \"kubernetes_secret", at: runEnd(line.lowerBound, .blank)) ? ["data"] : []
    }

    private func secrets(of object: OpenObject, to end: Int) -> [Range<Int>] {
        guard !object.members.isEmpty else { return [] }
        let end = min(end, object.start + Self.objectLimit)
        var found: [Range<Int>] = []
        var (offset, depth) = (object.start, 0)
        while offset < end {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            } else if ByteSet.quotes.contains(byte) || ByteSet.nameStart.contains(byte) {
                let isQuoted = ByteSet.quotes.contains(byte)
                let word =
                    isQuoted
                    ? offset + 1..<max(offset + 1, textEnd(offset)) : offset..<runEnd(offset, .dotted)
                let sign = runEnd(isQuoted ? word.upperBound + 1 : word.upperBound, .space)
                offset = max(offset, word.upperBound - (isQuoted ? 0 : 1))
                if depth == 1, has(":", at: sign) || has("=", at: sign),
                    let name = object.members.first(where: { isText(word, $0) })
                {
                    let isDrawn = name == "instances" || name == "values"
                    let value = leaves(
                        of: runEnd(sign + 1, .space), to: end, only: isDrawn ? Self.drawn : nil)
                    found += value.found
                    offset = max(offset, value.end)
                }
            }
            offset += 1
        }
        return found
    }

    /// What Terraform keeps of a password that it drew.
    private static let drawn: Set<String> = ["result", "bcrypt_hash"]

    /// The texts of the value that begins at `start`, and where it ends; what stands before a colon or an equals sign is a
    /// name.
    ///
    /// - Parameter names: the names whose texts are meant; nil for all.
    func leaves(
        of start: Int, to limit: Int, only names: Set<String>? = nil
    ) -> (found: [Range<Int>], end: Int) {
        var found: [Range<Int>] = []
        var (offset, depth, isMeant) = (start, 0, names == nil)
        while offset < limit {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return (found, offset) }
            case UInt8(ascii: ","), 0x0A: if depth == 0 { return (found, offset) }
            case _ where ByteSet.margin.contains(byte) && !ByteSet.quotes.contains(byte): break
            default:
                let isQuoted = ByteSet.quotes.contains(byte)
                let end = isQuoted ? min(closing(from: offset), limit) : bareEnd(offset, limit)
                let word = isQuoted ? offset + 1..<max(offset + 1, end) : offset..<max(offset, end)
                let sign = runEnd(isQuoted ? end + 1 : end, .blank)
                if has(":", at: sign) || has("=", at: sign) {
                    if let names { isMeant = names.contains { isText(word, $0) } }
                    offset = sign
                } else {
                    if isMeant, SecretRules.isWorthHiding(bytes[word], .certain) { found.append(word) }
                    offset = max(offset, isQuoted ? end : end - 1)
                }
            }
            offset += 1
        }
        return (found, limit)
    }

    /// Where a word without quotation marks ends: before a comma, a bracket, a sign behind a name, or the line's end.
    private func bareEnd(_ start: Int, _ limit: Int) -> Int {
        var end = start
        while end < limit, !",]}\n".utf8.contains(bytes[end]) {
            if has(": ", at: end) || has(" =", at: end) { break }
            end += 1
        }
        while end > start, ByteSet.blank.contains(bytes[end - 1]) { end -= 1 }
        return end
    }
}
