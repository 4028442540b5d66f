import Basics
import Codecs
import RemoteExecution
import Vault

/// Makes the archive of a run while the device takes it: of the files, one piece is in memory at a time.
actor RestoreStream: ShellSource {
    /// About how much is handed over at once, in bytes.
    private static let pieceSize = 256 << 10

    /// A file that is being sent.
    private struct File {
        let entry: FileEntry
        var pieces: ArraySlice<ContentRef>
        /// Where data lies in the file; the rest are holes.
        var runs: ArraySlice<(offset: Int64, end: Int64)>
        var position: Int64 = 0
        var data: ArraySlice<UInt8> = []

        init(_ entry: FileEntry) {
            self.entry = entry
            pieces = entry.content[...]
            let runs = entry.extents?.map { (offset: $0.offset, end: $0.offset + $0.length) }
            self.runs = (runs ?? [(0, entry.size)]).filter { $0.end > $0.offset }[...]
        }
    }

    private var pending: [UInt8]
    private var entries: ArraySlice<FileEntry>
    private var tail: [UInt8]?
    private var file: File?
    private let content: RestorePayload.Content

    init(
        head: [UInt8], entries: [FileEntry], tail: [UInt8], content: @escaping RestorePayload.Content
    ) {
        pending = head
        self.entries = entries[...]
        self.tail = tail
        self.content = content
    }

    /// How many bytes the whole archive has.
    static func length(head: [UInt8], entries: [FileEntry], tail: [UInt8]) -> Int64 {
        var length = Int64(head.count + tail.count)
        for entry in entries {
            guard let header = TarEntry(staged: entry) else { continue }
            length += Int64(TarEncoder.header(header).count)
            if entry.kind == .file { length += Int64(TarEncoder.padding(after: entry.size).count) }
        }
        let (whole, isBeyond) = length.addingReportingOverflow(RestorePayload.weight(of: entries))
        return isBeyond ? .max : whole
    }

    /// The next bytes of the archive.
    /// - Throws: `VaultError`: `damaged` when a content is not what its entry says.
    func next() async throws -> [UInt8]? {
        while pending.count < Self.pieceSize {
            try Task.checkCancellation()
            if let current = file {
                file = try await advanced(current)
            } else if let entry = entries.popFirst() {
                begin(entry)
            } else if let tail {
                pending += tail
                self.tail = nil
            } else {
                break
            }
        }
        guard !pending.isEmpty else { return nil }
        defer { pending = [] }
        return pending
    }

    private func begin(_ entry: FileEntry) {
        guard let header = TarEntry(staged: entry) else { return }
        pending += TarEncoder.header(header)
        if entry.kind == .file { file = File(entry) }
    }

    /// Adds the next part of a file; nil when it was the last.
    private func advanced(_ current: File) async throws -> File? {
        var file = current
        if let run = file.runs.first, file.position >= run.offset {
            if file.data.isEmpty {
                guard let piece = file.pieces.popFirst() else { throw Self.broken(file.entry) }
                file.data = try await content(piece)[...]
            }
            let count = Int(min(Int64(file.data.count), run.end - file.position))
            pending += file.data.prefix(count)
            file.data = file.data.dropFirst(count)
            file.position += Int64(count)
            if file.position == run.end { file.runs.removeFirst() }
            return file
        }
        let hole = (file.runs.first?.offset ?? file.entry.size) - file.position
        if hole > 0 {
            let count = min(hole, Int64(Self.pieceSize))
            pending += repeatElement(0, count: Int(count))
            file.position += count
            return file
        }
        guard file.data.isEmpty, file.pieces.isEmpty, file.position == file.entry.size else {
            throw Self.broken(file.entry)
        }
        pending += TarEncoder.padding(after: file.entry.size)
        return nil
    }

    private static func broken(_ entry: FileEntry) -> VaultError {
        VaultError(.damaged, "\(DeviceText.path(entry.path)) is not whole")
    }
}
