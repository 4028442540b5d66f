import Basics
import Glibc
import Operations

/// The one place that touches the terminal: writes in order, and blocks no thread of the cooperative pool.
actor Console {
    private let executor = QueueExecutor("console")
    private let terminal: any Terminal

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ terminal: any Terminal) { self.terminal = terminal }

    /// Writes the result to standard output.
    /// - Throws: `outputClosed` when nobody reads any more; `ioFailed` when the output cannot take it.
    func print(_ bytes: [UInt8]) throws(CommandFailure) {
        do { try terminal.write(bytes, to: .output) } catch {
            guard error.code != EPIPE else { throw .outputClosed }
            throw .failed(Self.failure(of: error))
        }
    }

    private static func failure(of error: SystemError) -> OperationError {
        switch error.code {
        case EBADF:
            OperationError(
                .ioFailed, "The result could not be written: standard output is closed",
                hint: "Everything else was done. Run it with standard output open to see the result.")
        case ENOSPC, EDQUOT:
            OperationError(
                .diskFull, "The result could not be written: the disk is full that standard output leads to",
                hint: "Everything else was done.")
        default: OperationError(.ioFailed, "The result could not be written: \(error)")
        }
    }

    /// Writes a remark to standard error.
    ///
    /// When standard error itself is gone there is nobody left to tell, and the work goes on.
    func remark(_ text: String) {
        do { try terminal.write(Array(text.utf8), to: .error) } catch { return }
    }

    /// Asks, and tells whether exactly `expected` was typed.
    func hears(_ expected: String, asked question: String, after summary: [UInt8]) -> Bool {
        remark(String(decoding: summary, as: UTF8.self))
        return answer(to: question + " ") == expected
    }

    /// Asks a question that is answered with yes or no; anything but yes is no, cancelling too.
    func confirms(_ question: String) -> Bool {
        ["y", "yes"].contains(answer(to: question + " [y/N] ")?.lowercased())
    }

    /// What is typed after the question is shown; nil when nothing is, or it cannot be read.
    ///
    /// Keys pressed before belong to something else: they are thrown away and answer nothing.
    private func answer(to question: String) -> String? {
        do {
            try terminal.discardTyped()
            remark(question)
            guard let answer = try terminal.readLine() else {
                remark("\n")
                return nil
            }
            return answer.trimmed
        } catch {
            remark("\nThe answer could not be read: \(error)\n")
            return nil
        }
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    var trimmed: String {
        let space: Set<Character> = [" ", "\t", "\r", "\n"]
        let head = drop { space.contains($0) }
        return String(head.prefix(head.count - head.reversed().prefix { space.contains($0) }.count))
    }
}
