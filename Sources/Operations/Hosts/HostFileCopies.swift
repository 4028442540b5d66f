import Basics

/// Copies of hosts' files as they were before they were changed: for this user alone, as such files hold tokens.
struct HostFileCopies {
    /// How many copies of each host are kept.
    private static let count = 20

    let folder: String

    init(_ paths: StatePaths) { folder = paths.state + "/host-files" }

    /// Keeps a copy; the same content is kept once in a row.
    /// - Returns: its path.
    func keep(
        _ bytes: [UInt8], of host: String, _ path: String, now: Timestamp
    ) throws(OperationError) -> String {
        let place = "\(folder)/\(host)"
        // A name has 255 bytes at most, of which a time and a mark take some.
        let name = String(decoding: AtomicFile.name(of: path).utf8.suffix(150), as: UTF8.self)
        do throws(SystemError) {
            try Folder.createAll(place)
            let present = try Folder.items(place).filter { $0.name.hasSuffix(name) }
            if let newest = present.last, newest.size == Int64(bytes.count),
                try AtomicFile.read("\(place)/\(newest.name)", limit: bytes.count) == bytes
            {
                return "\(place)/\(newest.name)"
            }
            let time = now.string(fractionDigits: 3).filter { $0 != ":" }
            let copy = "\(place)/\(time)-\(name)"
            try AtomicFile.write(bytes, to: copy)
            for old in present.dropLast(Self.count - 1) { try Folder.removeFile("\(place)/\(old.name)") }
            return copy
        } catch {
            throw OperationError(
                .ioFailed, "A copy of \(path) could not be kept, and so it was not changed: \(error)")
        }
    }
}
