import Basics

/// Reads a tar archive piece by piece, in constant memory, from a source that is not trusted.
///
/// Understands ustar, pax (GNU and POSIX) and old GNU archives: long names, large numbers, extended attributes, sparse
/// files in all four forms. Names come out as the bytes they are; whoever writes them to a disk checks them.
package struct TarDecoder: Sendable {
    /// What was recognised.
    package enum Event: Sendable, Equatable {
        /// A member begins; its content follows, unless it has none.
        case entry(TarEntry)
        /// Content of the current member, in order; of a sparse member only its data runs.
        case content([UInt8])
        /// The current member is complete.
        case end
        /// The archive's end mark was reached.
        case finished
    }

    /// Largest long name, link target or extended header, in bytes.
    private static let metadataLimit = 4 << 20
    /// Most stretches of data that the sparse files of one archive have together: whoever reads it keeps them all.
    private static let runLimit = 4 << 20

    private enum State {
        case header
        case metadata(type: UInt8, remaining: Int, padding: Int)
        case oldSparseMap(TarEntry, stored: Int64)
        case newSparseMap(TarEntry, stored: Int64)
        case content(remaining: Int64, padding: Int)
        case padding(Int)
        case finished
    }

    private var state = State.header
    private var buffer: [UInt8] = []
    private var start = 0
    private var consumed: Int64 = 0
    private var runs = 0
    private let runLimit: Int
    private var metadata: [UInt8] = []
    private var longName: [UInt8]?
    private var longLink: [UInt8]?
    private var pax = PaxRecords()
    private var global = PaxRecords()

    /// The length of an archive is a multiple of this, in bytes.
    package static let blockSize = TarHeader.blockSize

    package init() { self.init(runLimit: Self.runLimit) }

    /// - Parameter runLimit: most stretches of data of all sparse files together.
    init(runLimit: Int) { self.runLimit = runLimit }

    /// Whether any byte was taken.
    package var hasBegun: Bool { consumed > 0 || available > 0 }

    /// Whether the archive's end mark was seen.
    package var isFinished: Bool {
        if case .finished = state { true } else { false }
    }

    /// Takes the next piece of the archive.
    package mutating func consume(_ piece: [UInt8]) throws(TarError) -> [Event] {
        var events: [Event] = []
        // Mostly nothing is left of the piece before, and this one is read where it lies.
        if available == 0 {
            buffer = piece
        } else {
            buffer.removeFirst(start)
            buffer.append(contentsOf: piece)
        }
        start = 0
        while try advance(&events) {}
        return events
    }

    private var available: Int { buffer.count - start }

    private func error(_ reason: String) -> TarError { TarError(reason: reason, offset: consumed) }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let slice = buffer[start..<start + count]
        start += count
        consumed += Int64(count)
        return slice
    }

    /// One step; false when more bytes are needed.
    private mutating func advance(_ events: inout [Event]) throws(TarError) -> Bool {
        switch state {
        case .header: return try readHeader(&events)
        case .metadata(let type, let remaining, let padding):
            let count = min(remaining, available)
            guard count > 0 || remaining == 0 else { return false }
            metadata.append(contentsOf: take(count))
            guard remaining == count else {
                state = .metadata(type: type, remaining: remaining - count, padding: padding)
                return true
            }
            try keepMetadata(type)
            state = .padding(padding)
            return true
        case .oldSparseMap(let entry, let stored): return try readOldSparseMap(entry, stored, &events)
        case .newSparseMap(let entry, let stored): return try readNewSparseMap(entry, stored, &events)
        case .content(let remaining, let padding):
            let count = Int(min(remaining, Int64(available)))
            guard count > 0 || remaining == 0 else { return false }
            if count > 0 { events.append(.content(Array(take(count)))) }
            guard remaining == Int64(count) else {
                state = .content(remaining: remaining - Int64(count), padding: padding)
                return true
            }
            events.append(.end)
            state = .padding(padding)
            return true
        case .padding(let count):
            guard available >= count else { return false }
            _ = take(count)
            state = .header
            return true
        case .finished:
            // Archives are filled up to their record size.
            _ = take(available)
            return false
        }
    }

    private static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }

    private mutating func readHeader(_ events: inout [Event]) throws(TarError) -> Bool {
        guard available >= TarHeader.blockSize else { return false }
        let block = take(TarHeader.blockSize)
        if block.first == 0, block.allSatisfy({ $0 == 0 }) {
            state = .finished
            events.append(.finished)
            return true
        }
        guard let header = TarHeader(block) else { throw error("a header with a wrong checksum") }
        guard let size = header.number(124, 12) else { throw error("a header with an unreadable size") }
        switch header.type {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            guard size <= Int64(Self.metadataLimit) else {
                throw error("an extended header of \(size) bytes")
            }
            metadata = []
            state = .metadata(type: header.type, remaining: Int(size), padding: Self.padding(size))
        default: try begin(header, size, &events)
        }
        return true
    }

    private mutating func keepMetadata(_ type: UInt8) throws(TarError) {
        switch type {
        case UInt8(ascii: "L"): longName = Array(metadata.prefix { $0 != 0 })
        case UInt8(ascii: "K"): longLink = Array(metadata.prefix { $0 != 0 })
        case UInt8(ascii: "g"): guard global.add(metadata) else { throw error("a malformed extended header") }
        default: guard pax.add(metadata) else { throw error("a malformed extended header") }
        }
        metadata = []
    }

    private mutating func begin(
        _ header: TarHeader, _ headerSize: Int64, _ events: inout [Event]
    ) throws(TarError) {
        let stored = pax.number("size") ?? headerSize
        guard stored >= 0 else { throw error("a member of negative size") }
        var entry = try entry(from: header)
        let hasContent = entry.kind == .file
        entry.size = hasContent ? stored : 0
        let (version, oldSparse) = (pax.text("GNU.sparse.major"), header.type == UInt8(ascii: "S"))
        defer {
            longName = nil
            longLink = nil
            pax = PaxRecords()
        }
        if oldSparse, let sparse = header.gnuSparse {
            entry.size = sparse.realSize
            entry.dataRuns = sparse.runs
            if sparse.continues {
                state = .oldSparseMap(entry, stored: stored)
                return
            }
        } else if version == "1", hasContent {
            entry.size = pax.number("GNU.sparse.realsize") ?? stored
            state = .newSparseMap(entry, stored: stored)
            return
        } else if let size = pax.number("GNU.sparse.size"), hasContent {
            entry.size = size
            entry.dataRuns = try oldPaxRuns()
        }
        try open(entry, stored: hasContent ? stored : 0, &events)
    }

    private func oldPaxRuns() throws(TarError) -> [TarEntry.DataRun] {
        var numbers = pax.sparseNumbers
        if let map = pax.text("GNU.sparse.map") {
            numbers = map.split(separator: ",").compactMap { Int64($0) }
        }
        guard numbers.count.isMultiple(of: 2) else { throw error("a malformed sparse map") }
        return stride(from: 0, to: numbers.count, by: 2).map {
            TarEntry.DataRun(offset: numbers[$0], length: numbers[$0 + 1])
        }
    }

    private mutating func open(_ entry: TarEntry, stored: Int64, _ events: inout [Event]) throws(TarError) {
        guard entry.size >= 0 else { throw error("a member of negative size") }
        if let runs = entry.dataRuns {
            var end: Int64 = 0
            var total: Int64 = 0
            for run in runs {
                let (next, overflow) = run.offset.addingReportingOverflow(run.length)
                guard run.offset >= end, run.length >= 0, !overflow, next <= entry.size else {
                    throw error("a sparse map that does not fit its file")
                }
                end = next
                total += run.length
            }
            guard total == stored else { throw error("a sparse map that does not fit its content") }
            self.runs += runs.count
            guard self.runs <= runLimit else { throw error("sparse maps without end") }
        }
        events.append(.entry(entry))
        state = .content(remaining: stored, padding: Self.padding(stored))
    }

    private mutating func readOldSparseMap(
        _ entry: TarEntry, _ stored: Int64, _ events: inout [Event]
    ) throws(TarError) -> Bool {
        guard available >= TarHeader.blockSize else { return false }
        let block = take(TarHeader.blockSize)
        var entry = entry
        entry.dataRuns = (entry.dataRuns ?? []) + TarHeader.runs(in: block, from: 0, count: 21)
        guard entry.dataRuns?.count ?? 0 < 1 << 20 else { throw error("a sparse map without end") }
        if block[block.startIndex + 504] != 0 {
            state = .oldSparseMap(entry, stored: stored)
        } else {
            try open(entry, stored: stored, &events)
        }
        return true
    }

    /// Format 1.0 keeps its map in front of the content: a count and pairs of numbers, one a line, padded to a block.
    private mutating func readNewSparseMap(
        _ entry: TarEntry, _ stored: Int64, _ events: inout [Event]
    ) throws(TarError) -> Bool {
        var numbers: [Int64] = []
        var offset = start
        while numbers.isEmpty || Int64(numbers.count) < 1 + 2 * numbers[0] {
            let limit = min(buffer.count, offset + 24)
            guard let end = buffer[offset..<limit].firstIndex(of: 0x0A) else {
                guard limit == buffer.count, limit - start < Self.metadataLimit else {
                    throw error("a malformed sparse map")
                }
                return false
            }
            guard let number = Int64(String(decoding: buffer[offset..<end], as: UTF8.self)), number >= 0,
                !numbers.isEmpty || number < 1 << 20
            else { throw error("a malformed sparse map") }
            numbers.append(number)
            offset = end + 1
        }
        let length = offset - start
        let padded = length + Self.padding(Int64(length))
        guard available >= padded else { return false }
        guard Int64(padded) <= stored else { throw error("a malformed sparse map") }
        _ = take(padded)
        var entry = entry
        entry.dataRuns = stride(from: 1, to: numbers.count, by: 2).map {
            TarEntry.DataRun(offset: numbers[$0], length: numbers[$0 + 1])
        }
        try open(entry, stored: stored - Int64(padded), &events)
        return true
    }

    private func entry(from header: TarHeader) throws(TarError) -> TarEntry {
        func value(_ key: String) -> [UInt8]? { pax.value(key) ?? global.value(key) }
        let path = value("GNU.sparse.name") ?? value("path") ?? longName ?? header.path
        let link = value("linkpath") ?? longLink ?? header.text(157, 100)
        guard !path.isEmpty, !path.contains(0), !link.contains(0) else {
            throw error("a member without a usable name")
        }
        func number(_ key: String, _ offset: Int) throws(TarError) -> UInt32 {
            guard let number = pax.number(key) ?? header.number(offset, 8), let id = UInt32(exactly: number)
            else {
                throw error("a member with an unreadable owner")
            }
            return id
        }
        let device = (Int(header.number(329, 8) ?? 0), Int(header.number(337, 8) ?? 0))
        let seconds = header.number(136, 12) ?? 0
        guard let mode = header.number(100, 8) else { throw error("a member with an unreadable mode") }
        return TarEntry(
            path: path, kind: try kind(header.type, path: path, link: link, device: device),
            mode: UInt16(mode & 0o7777), userID: try number("uid", 108), groupID: try number("gid", 116),
            userName: pax.text("uname") ?? String(decoding: header.text(265, 32), as: UTF8.self),
            groupName: pax.text("gname") ?? String(decoding: header.text(297, 32), as: UTF8.self),
            modified: pax.modified ?? Timestamp(seconds: seconds).nanoseconds, changed: pax.changed,
            attributes: pax.attributes)
    }

    private func kind(
        _ type: UInt8, path: [UInt8], link: [UInt8], device: (Int, Int)
    ) throws(TarError) -> TarEntry.Kind {
        switch type {
        case 0, UInt8(ascii: "0"): path.last == UInt8(ascii: "/") ? .folder : .file
        case UInt8(ascii: "7"), UInt8(ascii: "S"): .file
        case UInt8(ascii: "1"): .hardLink(target: link)
        case UInt8(ascii: "2"): .symbolicLink(target: link)
        case UInt8(ascii: "3"): .characterDevice(major: device.0, minor: device.1)
        case UInt8(ascii: "4"): .blockDevice(major: device.0, minor: device.1)
        case UInt8(ascii: "5"): .folder
        case UInt8(ascii: "6"): .fifo
        default: throw error("a member of unknown type \(type)")
        }
    }
}
