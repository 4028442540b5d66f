import Basics
import CLI
import LocalExecution
import Operations

/// Jobs as processes of their own: how they are started, and what they do.
enum JobProcess {
    /// The word that makes this program carry a job out; it is for nobody to type.
    static let word = "__job"

    /// Starts this program once more for each job.
    struct Launcher: JobLauncher {
        /// The value of `--home`; nil when it was not given.
        let home: String?

        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {
            let arguments = (home.map { ["--home", $0] } ?? []) + [JobProcess.word]
            let bytes = try order.bytes()
            do { try DetachedProgram.start(arguments, input: bytes, holding: lock) } catch {
                throw OperationError(.ioFailed, "The process of the job cannot be started: \(error)")
            }
        }
    }

    /// The home that the arguments of a job's process name; nil when they are not those of one.
    static func home(_ arguments: [String]) -> String?? {
        switch arguments.count {
        case 1 where arguments[0] == word: .some(nil)
        case 3 where arguments[0] == "--home" && arguments[2] == word: .some(arguments[1])
        default: nil
        }
    }

    /// Reads the order from standard input and carries it out.
    /// - Returns: the exit code; how the job ended stands in its record.
    static func run(
        home: String?, makeContext: CommandLine.ContextBuilder
    ) async -> Int32 {
        do throws(OperationError) {
            guard DetachedProgram.keepHandedOn() else {
                throw OperationError(
                    .argumentInvalid, "‘\(word)’ is for Holdfast itself: it runs a job that was taken in",
                    hint: "To run something in the background, give it --background.")
            }
            let order = try JobOrder(try await order())
            let context = try await makeContext(home, SilentProgress(), nil)
            try await JobRunner(order, operations: allOperations, in: context).run()
            return 0
        } catch {
            // Whoever typed this reads it; the streams of a job's process lead nowhere.
            _ = try? StandardStream.error.write(
                Array("holdfast: \(TerminalText.escape(error.description))\n".utf8))
            return 2
        }
    }

    private static func order() async throws(OperationError) -> [UInt8] {
        let bytes = await withCheckedContinuation { continuation in
            do {
                try BackgroundThread.start {
                    continuation.resume(returning: try? StandardStream.input.readAll(limit: JobOrder.limit))
                }
            } catch { continuation.resume(returning: nil) }
        }
        guard let bytes else { throw OperationError(.ioFailed, "The order of the job cannot be read") }
        return bytes
    }
}
