/// The exclusive lock of a folder, held as long as this object lives; a death of the process releases it.
///
/// Nothing is written: the kernel locks the folder itself, so that a folder that can only be read will do.
package final class FolderLock: Sendable {
    private let file: OpenFile

    private init(_ file: consuming OpenFile) { self.file = file }

    /// Takes the lock without waiting.
    ///
    /// Blocks for one call of the kernel.
    /// - Returns: nil when somebody else holds it.
    package static func take(_ folder: String) throws(SystemError) -> FolderLock? {
        let file = try OpenFile(folder, .read)
        guard try file.tryLock() else { return nil }
        return FolderLock(file)
    }
}
