/// The secret rules applied to one text over a text; offsets are bytes.
struct SecretScan {
    let bytes: [UInt8]
    /// Offsets of line starts, ascending; never empty.
    let lines: [Int]
    /// Offsets of `@`, ascending.
    private let ats: [Int]
    let kind: TextKind

    /// Whether each line is a text that stood in quotation marks.
    let isQuoted: Bool

    init(_ bytes: [UInt8], isQuoted: Bool = false, _ kind: FileKind = .unknown) {
        self.bytes = bytes
        // What stands in quotation marks is no code, wherever it stands.
        self.kind = TextKind(isQuoted ? .text : kind)
        self.isQuoted = isQuoted
        var lines = [0]
        var ats: [Int] = []
        for (offset, byte) in bytes.enumerated() {
            if byte == 0x0A {
                lines.append(offset + 1)
            } else if byte == UInt8(ascii: "@") {
                ats.append(offset)
            }
        }
        self.lines = lines
        self.ats = ats
    }

    /// Whether an `@` stands in `range`.
    func hasAt(in range: Range<Int>) -> Bool {
        let place = Self.place(of: range.lowerBound, in: ats)
        return place < ats.count && ats[place] < range.upperBound
    }

    /// The index of the first of the ascending `offsets` that is at least `offset`.
    private static func place(of offset: Int, in offsets: [Int]) -> Int {
        var (low, high) = (0, offsets.count)
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The end of the line that holds `offset`: the offset of its line feed or of the end of the text.
    ///
    /// Found among the lines, not by reading on: a long line may be asked for its end at each of its bytes.
    func lineEnd(_ offset: Int) -> Int {
        let next = Self.place(of: offset + 1, in: lines)
        return next < lines.count ? lines[next] - 1 : bytes.count
    }

    /// The start of the line that holds `offset`.
    func lineStart(_ offset: Int) -> Int { lines[Self.place(of: offset + 1, in: lines) - 1] }

    /// Whether `text` stands at `offset`.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        let wanted = text.utf8CodeUnitCount
        guard offset >= 0, bytes.count - offset >= wanted else { return false }
        for index in 0..<wanted where unsafe bytes[offset + index] != text.utf8Start[index] { return false }
        return true
    }

    /// The end of the run of bytes from `offset` on that belong to `set`.
    func runEnd(_ offset: Int, _ set: ByteSet) -> Int {
        var end = offset
        while end < bytes.count, set.contains(bytes[end]) { end += 1 }
        return end
    }

    /// The contents of private key blocks and lines that can be nothing but encoded random bytes.
    func blocks() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var next = ByteSearch.first(Self.begin, in: bytes)
        var resume = 0
        for start in lines where start >= resume && start < bytes.count {
            let end = lineEnd(start)
            guard let begin = next, begin < end else {
                if let run = encodedLine(start..<end) { found.append(run) }
                continue
            }
            let block = block(from: begin)
            if block.isPrivate { found.append(block.body) }
            resume = block.body.upperBound
            next = ByteSearch.first(Self.begin, in: bytes, from: resume)
        }
        return found
    }

    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)

    /// What lies between the markers of the block whose `-----BEGIN` stands at `start`; open blocks end with the text.
    private func block(from start: Int) -> (isPrivate: Bool, body: Range<Int>) {
        var head = runEnd(start + Self.begin.count, .label)
        let isStatic = has("OpenVPN ", at: start + Self.begin.count)
        if isStatic {
            let line = lineEnd(start)
            head = ByteSearch.first(Array("-----".utf8), in: bytes, from: head, to: line) ?? line
        }
        let label = Array(bytes[start + Self.begin.count..<head])
        let body = min(bytes.count, runEnd(head, .dashes))
        let close = ByteSearch.first(Self.end, in: bytes, from: body) ?? bytes.count
        let isPrivate = isStatic || ByteSearch.first(Array("PRIVATE KEY".utf8), in: label) != nil
        return (isPrivate, body..<max(body, close))
    }

    /// A line of 60 or more characters of base 64 alone, as in the middle of a key; nil for digests and public keys.
    private func encodedLine(_ line: Range<Int>) -> Range<Int>? {
        var start = line.lowerBound
        while start < line.upperBound, ByteSet.margin.contains(bytes[start]) { start += 1 }
        let end = runEnd(start, .base64)
        guard end - start >= 60, runEnd(end, .blank) >= line.upperBound, !has("AAAA", at: start) else {
            return nil
        }
        let run = bytes[start..<end]
        let isMixed =
            run.contains { $0 >= 0x41 && $0 <= 0x5A } && run.contains { $0 >= 0x61 && $0 <= 0x7A }
            && run.contains { $0 >= 0x30 && $0 <= 0x39 }
        return isMixed && run.contains { Hex.digit($0) == nil } ? start..<end : nil
    }
}
