import Basics
package import RemoteExecution

/// Follows one run of a restore script: sends the payload when the device asks for it, keeps what it says.
package actor RestoreReader: ShellConsumer {
    /// Kept of what one step says, in bytes.
    private static let limit = 1 << 20

    /// What a step said.
    package struct StepResult: Sendable {
        package var status: Int32?
        package var hasEnded = false
        package var output: [UInt8] = []
        package var errors: [UInt8] = []

        /// Lines of both streams.
        package var lines: [String] { DeviceText.lines(output) + DeviceText.lines(errors) }
    }

    private var output: FrameDecoder
    private var errors: FrameDecoder
    private let payload: [UInt8]
    /// The step that reads the payload; those before it must end with 0.
    private let payloadStep: Int?
    private let onSent: @Sendable () async throws -> Void
    private var current: Int?
    private var currentError: Int?
    private var hasOutputEnded = false
    private var hasErrorsEnded = false
    /// What each step said, by its number.
    package private(set) var results: [Int: StepResult] = [:]
    package private(set) var hasRun = false
    package private(set) var wasSent = false

    /// - Parameter onSent: called right before the payload goes out; throwing ends the run before anything changed.
    package init(
        boundary: FrameBoundary, payload: [UInt8] = [], payloadStep: Int? = nil,
        onSent: @escaping @Sendable () async throws -> Void = {}
    ) {
        output = FrameDecoder(boundary: boundary)
        errors = FrameDecoder(boundary: boundary)
        self.payload = payload
        self.payloadStep = payloadStep
        self.onSent = onSent
    }

    package func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        if stream == .standardError {
            for event in errors.consume(bytes) { takeError(event) }
            return isFinished ? .finish : .proceed
        }
        var reply = ShellReply.proceed
        for event in output.consume(bytes) {
            switch event {
            case .hello: hasRun = true
            case .began(let index):
                current = index
                if index == payloadStep { reply = try await send() }
            case .bytes(let bytes):
                guard let index = current else { continue }
                let room = max(0, Self.limit - (results[index]?.output.count ?? 0))
                results[index, default: StepResult()].output += bytes.prefix(room)
            case .ended(let status):
                guard let index = current else { continue }
                results[index, default: StepResult()].status = status
                results[index, default: StepResult()].hasEnded = true
                current = nil
            // Nobody asked for it: the step has no end that could be told.
            case .unchanged: current = nil
            case .finished: hasOutputEnded = true
            }
        }
        return isFinished ? .finish : reply
    }

    /// Both streams are at their end: what a program says of its failure must not be cut off.
    private var isFinished: Bool { hasOutputEnded && hasErrorsEnded }

    private func send() async throws -> ShellReply {
        let isReady = (0..<(payloadStep ?? 0)).allSatisfy { results[$0]?.status == 0 }
        guard isReady else { return .send([], closes: true) }
        try await onSent()
        wasSent = true
        return .send(payload, closes: true)
    }

    private func takeError(_ event: FrameDecoder.Event) {
        switch event {
        case .began(let index): currentError = index
        case .bytes(let bytes):
            guard let index = currentError else { return }
            let room = max(0, Self.limit - (results[index]?.errors.count ?? 0))
            results[index, default: StepResult()].errors += bytes.prefix(room)
        case .finished: hasErrorsEnded = true
        case .hello, .ended, .unchanged: break
        }
    }
}
