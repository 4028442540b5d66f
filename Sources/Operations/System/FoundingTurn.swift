import Basics
import Storage

/// Lets one process at a time set up a home: whoever comes second finds what the first one made.
enum FoundingTurn {
    /// How long the second one waits.
    private static let patience = Duration.seconds(30)
    /// How long is waited between two looks.
    private static let pause = Duration.milliseconds(50)

    /// Makes the folder of the key where it is missing, and takes the lock on it.
    ///
    /// Cancelling ends the waiting.
    /// - Returns: the lock, held as long as the result lives.
    /// - Throws: `storeBusy` when another process holds it too long; `diskFull`, `readOnly`, `ioFailed`, `cancelled`.
    static func take(_ paths: StatePaths) async throws(OperationError) -> FolderLock {
        let end = ContinuousClock.now + patience
        while true {
            do throws(SystemError) {
                try Folder.createAll(paths.configuration)
                if let lock = try FolderLock.take(paths.configuration) { return lock }
            } catch {
                let known = OperationError(StoreError(error))
                throw OperationError(
                    known.code, "The folder \(paths.configuration) cannot be used: \(error)", hint: known.hint
                )
            }
            guard ContinuousClock.now < end else {
                throw OperationError(
                    .storeBusy, "Another process is setting up \(paths.configuration)",
                    hint: "Wait until it is done, then run it again.")
            }
            do { try await Task.sleep(for: pause) } catch {
                throw OperationError(.cancelled, "The operation was cancelled")
            }
        }
    }

    /// Removes the temporary files that a death in the midst of writing the key left; for the holder of the turn.
    static func clearLeftovers(of path: String) throws(SystemError) {
        let folder = AtomicFile.folder(of: path)
        let name = path.dropFirst(folder.count + 1)
        for item in try Folder.items(folder)
        where item.name.hasPrefix(name + ".") && item.name.hasSuffix(".tmp") && !item.isFolder {
            try Folder.removeFile(folder + "/" + item.name)
        }
    }
}
