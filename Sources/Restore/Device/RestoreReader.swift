import Basics
package import RemoteExecution

/// Follows one run of a restore script: sends what the device asks for, keeps what it says.
///
/// The script may hold steps of others as well, which do not matter here.
package actor RestoreReader: ShellConsumer {
    /// Kept of what one step says, in bytes.
    private static let limit = 1 << 20
    /// What a device may send that nobody asked for, in bytes.
    static let floodLimit = 128 << 20

    /// What a step said.
    package struct StepResult: Sendable {
        package var status: Int32?
        package var hasEnded = false
        package var output: [UInt8] = []
        package var errors: [UInt8] = []

        /// Lines of both streams.
        package var lines: [String] { Self.lines(output) + Self.lines(errors) }

        /// Some programs end their lines for a terminal in raw mode.
        private static func lines(_ bytes: [UInt8]) -> [String] {
            DeviceText.lines(bytes.filter { $0 != UInt8(ascii: "\r") })
        }
    }

    private var output: FrameDecoder
    private var errors: FrameDecoder
    private let own: Range<Int>
    /// All steps of the script; those that are not its own are followed by others.
    private let script: Range<Int>
    /// The steps that began in each stream; none begins twice.
    private var begun: Set<Int> = []
    private var begunErrors: Set<Int> = []
    private var wasted = 0
    /// The step that reads what is sent; those of its own before it must end with 0.
    private let inputStep: Int?
    private let input: @Sendable () async throws -> (any ShellSource)?
    private let word: (@Sendable (StepResult) async throws -> [UInt8])?
    private var current: Int?
    private var currentError: Int?
    private var hasOutputEnded = false
    private var hasErrorsEnded = false
    /// What each step said, by its number.
    package private(set) var results: [Int: StepResult] = [:]
    package private(set) var hasRun = false
    package private(set) var wasSent = false

    /// - Parameters:
    ///   - own: the numbers of the steps that matter.
    ///   - script: the numbers of all steps, where others follow some of them.
    ///   - inputStep: the one that reads from standard input.
    ///   - word: called once that step ended with 0; gives what is sent then, while the steps behind it run. Throwing ends
    ///     the run. Nil where standard input ends with what that step reads.
    ///   - input: called once that step runs and all before it ended well; nil sends nothing. Throwing ends the run.
    package init(
        boundary: FrameBoundary, own: Range<Int> = 0..<Int.max, of script: Range<Int>? = nil,
        inputStep: Int? = nil,
        word: (@Sendable (StepResult) async throws -> [UInt8])? = nil,
        input: @escaping @Sendable () async throws -> (any ShellSource)? = { nil }
    ) {
        output = FrameDecoder(boundary: boundary)
        errors = FrameDecoder(boundary: boundary)
        self.own = own
        self.script = script ?? own
        self.inputStep = inputStep
        self.word = word
        self.input = input
    }

    package func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        let isError = stream == .standardError
        wasted += bytes.count
        for event in isError ? errors.consume(bytes) : output.consume(bytes) {
            if isError { takeError(event) } else { take(event) }
        }
        if hasOutputEnded, hasErrorsEnded { return .finish }
        guard wasted <= Self.floodLimit else { throw ShellError.flood }
        guard let inputStep else { return .proceed }
        if let word, wasSent, !wasTold, let result = results[inputStep], result.status == 0 {
            wasTold = true
            return .send(try await word(result), closes: true)
        }
        // Both streams have come to the step, so that all is known of those before it.
        guard !wasAsked, current == inputStep, currentError == inputStep else { return .proceed }
        wasAsked = true
        let isReady = (own.lowerBound..<inputStep).allSatisfy { results[$0]?.status == 0 }
        guard isReady, let source = try await input() else { return .send([], closes: true) }
        wasSent = true
        return .stream(source, closes: word == nil)
    }

    private var wasAsked = false
    private var wasTold = false

    private func take(_ event: FrameDecoder.Event) {
        switch event {
        case .hello: hasRun = true
        case .began(let index): current = isNew(index, in: &begun) ? index : nil
        case .bytes(let bytes):
            guard let index = current else { return }
            guard own.contains(index) else { return wasted -= bytes.count }
            let kept = bytes.prefix(max(0, Self.limit - (results[index]?.output.count ?? 0)))
            results[index, default: StepResult()].output += kept
            wasted -= kept.count
        case .ended(let status):
            guard let index = current else { return }
            current = nil
            guard own.contains(index) else { return }
            results[index, default: StepResult()].status = status
            results[index, default: StepResult()].hasEnded = true
        // Nobody asked for it: the step has no end that could be told.
        case .unchanged: current = nil
        case .lengths: break
        case .finished: hasOutputEnded = true
        }
    }

    /// Whether a step may begin: it is one of the script, for the first time, and none that was over when the device was
    /// answered.
    private func isNew(_ index: Int, in begun: inout Set<Int>) -> Bool {
        guard script.contains(index), begun.insert(index).inserted else { return false }
        return index >= own.lowerBound || !wasAsked
    }

    private func takeError(_ event: FrameDecoder.Event) {
        switch event {
        case .began(let index): currentError = isNew(index, in: &begunErrors) ? index : nil
        case .bytes(let bytes):
            guard let index = currentError else { return }
            guard own.contains(index) else { return wasted -= bytes.count }
            let kept = bytes.prefix(max(0, Self.limit - (results[index]?.errors.count ?? 0)))
            results[index, default: StepResult()].errors += kept
            wasted -= kept.count
        case .finished: hasErrorsEnded = true
        case .hello, .ended, .lengths, .unchanged: break
        }
    }
}
