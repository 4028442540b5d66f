import Basics

/// A file that tar could not take, or could not take whole, as it said on standard error.
package struct FileIssue: Sendable, Equatable {
    /// What was wrong with it.
    package enum Kind: String, Sendable, Equatable {
        /// Not permitted.
        case denied
        /// It was gone when its turn came.
        case vanished
        /// It changed while it was read: what was stored may mix two states.
        case changed
        /// A socket, which exists only while its program runs and has no content to store.
        case socket
        /// Anything else; see `reason`.
        case failed
    }

    /// Absolute path in readable form (`DeviceText`).
    package let path: String
    package let kind: Kind
    /// tar's own words.
    package let reason: String

    package init(path: String, kind: Kind, reason: String) {
        self.path = path
        self.kind = kind
        self.reason = reason
    }

    /// Reads one line of GNU or BusyBox tar, `tar: PATH: REASON`, or of GNU find, `find: 'PATH': REASON`; nil for lines
    /// that name no file.
    package init?(line: String) {
        guard let line = Self.told(line), let colon = line.lastRange(of: ": "),
            colon.lowerBound > line.index(line.startIndex, offsetBy: 4)
        else { return nil }
        var name = String(line[line.index(line.startIndex, offsetBy: 5)..<colon.lowerBound])
        let reason = String(line[colon.upperBound...])
        for verb in [" Cannot open", " Cannot stat", " Cannot readlink", " Warning", " Read error at byte"] {
            if let range = name.lastRange(of: ":" + verb) { name = String(name[..<range.lowerBound]) }
        }
        guard name.hasPrefix("./") || name.hasPrefix("/") else { return nil }
        let kind: Kind =
            switch reason {
            case "Permission denied", "Operation not permitted": .denied
            case "No such file or directory", "File removed before we read it": .vanished
            case "file changed as we read it": .changed
            case "socket ignored": .socket
            default: .failed
            }
        self.init(path: String(name.drop { $0 == "." }), kind: kind, reason: reason)
    }

    /// The line as tar would have said it.
    private static func told(_ line: String) -> String? {
        if line.hasPrefix("tar: ") { return line }
        guard line.hasPrefix("find: '"), let end = line.lastRange(of: "': ") else { return nil }
        let name = line[line.index(line.startIndex, offsetBy: 7)..<end.lowerBound]
        return "tar: \(name.replacing("\\'", with: "'")): \(line[end.upperBound...])"
    }
}

extension String {
    /// The last occurrence of `text`.
    fileprivate func lastRange(of text: String) -> Range<String.Index>? {
        var end = endIndex
        while end > startIndex {
            let start = index(before: end)
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            end = start
        }
        return nil
    }
}
