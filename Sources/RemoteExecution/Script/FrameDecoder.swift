import Basics

/// Takes one output stream of a framed run apart: pieces of any size in, events out.
///
/// Whatever stands before the hello is noise of the login shell and is kept only for an error message. Output cannot
/// forge a frame, because nothing that writes it knows the boundary.
package struct FrameDecoder: Sendable {
    /// What was recognised.
    package enum Event: Sendable, Equatable {
        /// The script runs; the account's number and name.
        case hello(uid: String, user: String)
        case began(Int)
        /// Output of the current step.
        case bytes([UInt8])
        /// The current step ended; nil status: its tool is absent.
        case ended(status: Int32?)
        /// The current step ended with the outcome that the reader knows already, and sent nothing of it.
        case unchanged
        /// How many bytes steps before it printed, by their numbers, as the device counted them.
        case lengths([Int: Int])
        case finished
    }

    private enum State {
        case noise
        case between
        case inside
        case done
    }

    /// Kept of what came before the hello, in bytes.
    private static let noiseLimit = 4096
    /// What follows a mark up to the end of its line, in bytes; the lengths of a thousand steps fit.
    private static let lineLimit = 16 << 10

    private let mark: [UInt8]
    private var buffer: [UInt8] = []
    private var state = State.noise
    /// What the device printed before the script ran; at most 4096 bytes.
    package var noise: [UInt8] {
        isRunning ? greeting : greeting + buffer.prefix(Self.noiseLimit - greeting.count)
    }
    private var greeting: [UInt8] = []

    package init(boundary: FrameBoundary) { mark = Array("\n\(boundary.text) ".utf8) }

    /// Whether the hello was seen: the script runs.
    package var isRunning: Bool {
        if case .noise = state { false } else { true }
    }

    /// Takes the next piece of the stream.
    package mutating func consume(_ piece: [UInt8]) -> [Event] {
        var events: [Event] = []
        // Most pieces come when nothing is kept, and are looked through and handed on as they are.
        var whole = buffer
        buffer = []
        if whole.isEmpty { whole = piece } else { whole.append(contentsOf: piece) }
        var start = 0
        while let hit = ByteSearch.first(mark, in: whole, from: start) {
            let bodyStart = hit + mark.count
            emit(whole, start..<hit, into: &events)
            guard let end = whole[bodyStart...].prefix(Self.lineLimit).firstIndex(of: 0x0A) else {
                guard whole.count - bodyStart >= Self.lineLimit else {
                    buffer = Array(whole[hit...])
                    return events
                }
                // No frame is so long.
                start = bodyStart
                continue
            }
            interpret(whole[bodyStart..<end], into: &events)
            start = end + 1
        }
        let kept = beginningOfMark(in: whole, from: start)
        emit(whole, start..<kept, into: &events)
        buffer = Array(whole[kept...])
        return events
    }

    /// Where the tail of `bytes` begins that may be the beginning of a mark and waits for the next piece.
    private func beginningOfMark(in bytes: [UInt8], from start: Int) -> Int {
        var candidate = max(start, bytes.count - (mark.count - 1))
        while candidate < bytes.count, !mark.starts(with: bytes[candidate...]) { candidate += 1 }
        return candidate
    }

    private mutating func emit(_ bytes: [UInt8], _ range: Range<Int>, into events: inout [Event]) {
        guard !range.isEmpty else { return }
        switch state {
        case .noise: greeting.append(contentsOf: bytes[range].prefix(Self.noiseLimit - greeting.count))
        case .inside: events.append(.bytes(range.count == bytes.count ? bytes : Array(bytes[range])))
        case .between, .done: break
        }
    }

    private mutating func interpret(_ line: ArraySlice<UInt8>, into events: inout [Event]) {
        guard let letter = line.first, line.count == 1 || line[line.startIndex + 1] == 0x20 else { return }
        // What follows the letter and a space.
        let rest = line.dropFirst(2)
        switch (letter, state) {
        case (UInt8(ascii: "H"), .noise):
            state = .between
            let words = String(decoding: rest, as: UTF8.self).split(separator: " ", maxSplits: 2).map(
                String.init)
            events.append(.hello(uid: words.count > 1 ? words[1] : "", user: words.count > 2 ? words[2] : ""))
        case (UInt8(ascii: "S"), .between), (UInt8(ascii: "S"), .inside):
            guard let index = Self.number(rest) else { return }
            state = .inside
            events.append(.began(index))
        case (UInt8(ascii: "E"), .inside):
            state = .between
            let isSame = rest.elementsEqual("same".utf8)
            events.append(
                isSame ? .unchanged : .ended(status: Self.number(rest).flatMap { Int32(exactly: $0) }))
        case (UInt8(ascii: "L"), .between): events.append(.lengths(OutputLengths.parse(rest)))
        case (UInt8(ascii: "Z"), .between), (UInt8(ascii: "Z"), .inside):
            state = .done
            events.append(.finished)
        default: break
        }
    }

    /// A number of up to nine decimal digits; nil for anything else.
    static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var value = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
