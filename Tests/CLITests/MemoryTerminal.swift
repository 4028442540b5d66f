import Basics
import CLI
import Glibc
import Synchronization

/// A terminal in memory: what is written is kept, what is read was given.
final class MemoryTerminal: Terminal {
    private struct State {
        var written: [StandardStream: [UInt8]] = [:]
        var answers: [String]
        /// Lines that are in the input before anything is asked.
        var typedAhead: [String]
        var outputError: SystemError?
    }

    let width: Int
    private let interactive: Set<StandardStream>
    private let variables: [String: String]
    private let state: Mutex<State>

    /// - Parameters:
    ///   - interactive: the streams with a person at the other end.
    ///   - answers: the lines that are typed after a question, in order.
    ///   - typedAhead: the lines that are typed before it.
    ///   - outputError: what writing to standard output fails with.
    init(
        interactive: Set<StandardStream> = [], width: Int = 80,
        variables: [String: String] = ["TERM": "xterm"],
        answers: [String] = [], typedAhead: [String] = [], outputError: Int32? = nil
    ) {
        self.interactive = interactive
        self.width = width
        self.variables = variables
        state = Mutex(
            State(
                answers: answers, typedAhead: typedAhead,
                outputError: outputError.map { SystemError("write", "standard output", code: $0) }))
    }

    /// A terminal with a person at all ends.
    static func attended(
        width: Int = 80, variables: [String: String] = ["TERM": "xterm"], answers: [String] = [],
        typedAhead: [String] = []
    ) -> MemoryTerminal {
        MemoryTerminal(
            interactive: [.input, .output, .error], width: width, variables: variables, answers: answers,
            typedAhead: typedAhead)
    }

    var output: String { text(.output) }
    var errors: String { text(.error) }
    var rawOutput: [UInt8] { state.withLock { $0.written[.output] ?? [] } }

    var inputName: String { isInteractive(.input) ? "/dev/pts/9" : "" }

    func isInteractive(_ stream: StandardStream) -> Bool { interactive.contains(stream) }

    func variable(_ name: String) -> String? { variables[name] }

    func write(_ bytes: [UInt8], to stream: StandardStream) throws(SystemError) {
        let failure = state.withLock { state -> SystemError? in
            if stream == .output, let error = state.outputError { return error }
            state.written[stream, default: []] += bytes
            return nil
        }
        if let failure { throw failure }
    }

    func discardTyped() throws(SystemError) { state.withLock { $0.typedAhead = [] } }

    func readLine() throws(SystemError) -> String? {
        state.withLock { state in
            if !state.typedAhead.isEmpty { return state.typedAhead.removeFirst() }
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
    }

    private func text(_ stream: StandardStream) -> String {
        state.withLock { String(decoding: $0.written[stream] ?? [], as: UTF8.self) }
    }
}
