import Basics
import RemoteExecution
import Vault

/// What a device may say of files in one run, so that neither a hostile nor a huge one fills this machine's memory.
///
/// It counts while the files arrive; the first one too many ends the run.
struct FileQuota: Sendable {
    /// Which files a run is asked for, and how many of them.
    struct Terms: Sendable {
        /// The most files and folders; nil for as many as a list may hold.
        var count: Int?
        /// The most memory that their list takes, in bytes.
        var memory = TreeMeter.Size.limit
        /// The most content of all files together; nil for as much as there is.
        var content: ByteCount?
        /// Places whose files count by their memory alone: data that a plan takes as a whole.
        var apart: [String] = []
        /// Whether a file is wanted at all; nil for all of them.
        var isWanted: (@Sendable ([UInt8]) -> Bool)?
    }

    /// What a device may send of files that it was not asked for, in bytes.
    static let strayLimit: Int64 = 128 << 20
    /// Sentences about single files that are kept.
    static let sentenceLimit = 1000

    let terms: Terms
    private let device: DeviceName
    private var size = TreeMeter.Size()
    private var strays: Int64 = 0
    private var taken = 0
    private var content = ByteCount(0)

    init(_ terms: Terms, of device: DeviceName) {
        self.terms = terms
        self.device = device
    }

    /// Takes in a file that is kept or expected.
    /// - Throws: `collectionFailed` when it is one too many.
    mutating func take(_ entry: FileEntry, beside kept: [FileEntry]) throws(OperationError) {
        size.add(entry)
        if let count = terms.count, !RestoreScope.isBelow(entry.path, terms.apart) {
            taken += 1
            guard taken <= count else {
                throw error(
                    "it has more than the \(count) files and folders that one plan compares", kept)
            }
        }
        if size.problem(limit: terms.memory) != nil {
            throw error("the list of its files takes more than \(ByteCount(terms.memory)) of memory", kept)
        }
    }

    /// Counts content of a file that is kept.
    /// - Throws: `collectionFailed` when it is too much.
    mutating func take(_ bytes: Int, of path: [UInt8]) throws(OperationError) {
        guard let limit = terms.content else { return }
        content = content + ByteCount(bytes)
        guard content <= limit else {
            throw OperationError(
                .collectionFailed,
                "\(device) was not read to the end: its files in scope hold more than \(limit), "
                    + "far more than the backup; the last was \(DeviceText.path(path))",
                hint: "Put that elsewhere first, or leave it out of the plan with --section or --path.")
        }
    }

    /// Counts what came of a file that nobody asked for.
    /// - Throws: `collectionFailed` when it was too much.
    mutating func stray(_ bytes: Int64) throws(OperationError) {
        strays += bytes
        guard strays <= Self.strayLimit else {
            throw OperationError(
                .collectionFailed, "\(device) floods: it sends files without end that it was not asked for",
                hint: "Find out what the machine is: an honest one does not do that.")
        }
    }

    private func error(_ reason: String, _ kept: [FileEntry]) -> OperationError {
        OperationError(
            .collectionFailed, "\(device) was not read to the end: \(reason)\(Self.fullest(of: kept))",
            hint: "Put that elsewhere first, or leave it out of the plan with --section or --path.")
    }

    /// Where most of the files lie, as the end of a sentence.
    private static func fullest(of entries: [FileEntry]) -> String {
        var counts: [BytesKey: Int] = [:]
        for entry in entries {
            let slash = entry.path.lastIndex(of: UInt8(ascii: "/")) ?? 0
            counts[BytesKey(Array(entry.path[..<slash])), default: 0] += 1
        }
        guard let most = counts.max(by: { $0.value < $1.value }) else { return "" }
        let folder = most.key.bytes.isEmpty ? "/" : DeviceText.path(most.key.bytes)
        return "; \(most.value) of them lie in \(folder)"
    }
}
