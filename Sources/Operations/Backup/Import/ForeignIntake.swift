import Basics
import Glibc
import Vault

/// Stores backups of other programs, files of any length in pieces.
struct ForeignIntake {
    private static let section = "imported"
    /// How much of a file is held in memory, in bytes.
    private static let portion = 4 << 20

    private let session: WriterSession

    init(_ lease: WriterLease) { session = WriterSession(lease) }

    func store(_ backup: ForeignBackup) async throws -> Manifest {
        do {
            var entries: [FileEntry] = []
            for file in backup.files {
                let content: [ContentRef]
                switch file.content {
                case .bytes(let bytes):
                    content = try await session.store(contents: [bytes], as: .content).first ?? []
                case .file(let path): content = try await stored(path)
                }
                entries.append(
                    FileEntry(
                        path: Array(file.path.utf8), kind: .file, mode: 0o600,
                        size: content.reduce(0) { $0 + Int64($1.length) }, modified: file.modified,
                        content: content))
            }
            let isSound = backup.doubts.isEmpty
            let record = SectionRecord(
                name: Self.section, status: isSound ? .ok : .partial,
                reason: backup.doubts.joined(separator: "; "), hint: "", files: entries.count,
                bytes: entries.reduce(0) { $0 + $1.size })
            let manifest = try await session.commit(
                BackupDraft(
                    name: backup.name, device: BackupDevice(name: backup.series), started: backup.made,
                    finished: backup.made, status: isSound ? .ok : .partial, tool: DeviceBackup.tool,
                    sections: [record], notCovered: backup.notCovered, entries: entries,
                    scope: BackupScope(only: [Self.section])))
            await session.end()
            return manifest
        } catch {
            await session.end()
            throw error
        }
    }

    private func stored(_ path: String) async throws -> [ContentRef] {
        let reader: FilePortions
        do { reader = try FilePortions(path, portion: Self.portion) } catch {
            throw OperationError(
                .ioFailed, "\(path) cannot be read: \(error.reason)",
                hint: "Backups that were stored before it stay; run it again once it can be read.")
        }
        let stream = try await session.beginContent(as: .content)
        do {
            while let bytes = try await reader.next() { try await session.append(bytes, to: stream) }
            return try await session.finish(stream)
        } catch {
            await session.abandon(stream)
            throw error
        }
    }
}

/// Reads a file of this machine piece by piece, on a queue of its own.
private actor FilePortions {
    private let executor = QueueExecutor("import")
    private let file: OpenFile
    private let portion: Int
    private var offset: Int64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// - Throws: `SystemError` with `ENXIO` for what is no ordinary file.
    init(_ path: String, portion: Int) throws(SystemError) {
        file = try OpenFile(path, .probe)
        self.portion = portion
        guard try file.isOrdinary() else { throw SystemError("read", path, code: ENXIO) }
    }

    /// The next bytes; nil at the end.
    func next() throws(SystemError) -> [UInt8]? {
        let bytes = try file.read(at: offset, count: portion)
        offset += Int64(bytes.count)
        return bytes.isEmpty ? nil : bytes
    }
}
