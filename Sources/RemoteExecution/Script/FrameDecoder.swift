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
            guard let end = whole[bodyStart...].firstIndex(of: 0x0A) else {
                buffer = Array(whole[hit...])
                return events
            }
            interpret(String(decoding: whole[bodyStart..<end], as: UTF8.self), into: &events)
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

    private mutating func interpret(_ line: String, into events: inout [Event]) {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        switch (words.first, state) {
        case ("H", .noise):
            state = .between
            events.append(.hello(uid: words.count > 2 ? words[2] : "", user: words.count > 3 ? words[3] : ""))
        case ("S", .between), ("S", .inside):
            guard words.count > 1, let index = Int(words[1]) else { return }
            state = .inside
            events.append(.began(index))
        case ("E", .inside):
            state = .between
            events.append(.ended(status: words.count > 1 ? Int32(words[1]) : nil))
        case ("Z", .between), ("Z", .inside):
            state = .done
            events.append(.finished)
        default: break
        }
    }
}
