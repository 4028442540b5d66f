import Basics
import Restore

/// The sign that somebody is at work on a run: a lock that ends with its process, however that ends.
///
/// Whoever carries a run out holds it from before the run is written down until its end is, and so does who settles one:
/// what a living Holdfast is at nobody else decides.
final class RunHold: Sendable {
    private let file: OpenFile
    private let path: String

    private init(_ file: consuming OpenFile, _ path: String) {
        self.file = file
        self.path = path
    }

    /// Takes the run; for a few calls of the kernel this blocks.
    /// - Returns: nil when somebody else holds it.
    /// - Throws: `ioFailed`.
    static func take(_ run: String, _ paths: StatePaths) throws(OperationError) -> RunHold? {
        let folder = paths.state + "/runs"
        let path = "\(folder)/\(run).lock"
        do throws(SystemError) {
            try Folder.createAll(folder)
            let file = try OpenFile(path, .update)
            guard try file.tryLock() else { return nil }
            return RunHold(file, path)
        } catch { throw OperationError(.ioFailed, "The run cannot be held: \(error)") }
    }

    /// Takes the run's file away; the lock itself ends with this object.
    func release(_ log: Log) {
        do { try Folder.removeFile(path) } catch {
            log.warning("a run's lock stays", ["reason": .string("\(error)")])
        }
    }
}
