import Vault

/// What an export into a folder writes at a time.
enum ExportStep {
    case one(FileEntry)
    /// Small files whose whole contents are read together.
    case many([FileEntry])

    /// A file of at most so many bytes is written together with others.
    private static let smallLimit: Int64 = 64 << 10
    /// The contents of one step have at most this many bytes together.
    private static let contentLimit: Int64 = 1 << 20
    /// A step has at most this many files.
    private static let countLimit = 256

    /// What is written in this step.
    var entries: [FileEntry] {
        switch self {
        case .one(let entry): [entry]
        case .many(let files): files
        }
    }

    /// The steps that write `entries` in their order.
    static func steps(_ entries: [FileEntry]) -> [ExportStep] {
        var steps: [ExportStep] = []
        var files: [FileEntry] = []
        var bytes: Int64 = 0
        func finish() {
            if !files.isEmpty { steps.append(.many(files)) }
            (files, bytes) = ([], 0)
        }
        for entry in entries {
            guard entry.kind == .file, entry.extents == nil, max(entry.size, entry.storedLength) <= smallLimit
            else {
                finish()
                steps.append(.one(entry))
                continue
            }
            if bytes + entry.size > contentLimit || files.count == countLimit { finish() }
            files.append(entry)
            bytes += entry.size
        }
        finish()
        return steps
    }
}
