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

    /// Absolute path as the tool wrote it: GNU's tools escape all that is not ASCII; see `paths`.
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

    /// What the path's own bytes may be: a backslash stands for itself or begins an escape.
    package var paths: [[UInt8]] {
        let plain = Array(path.utf8)
        return plain.contains(UInt8(ascii: "\\")) ? [plain, unescaped] : [plain]
    }

    private var unescaped: [UInt8] {
        let controls: [UInt8: UInt8] = Dictionary(
            uniqueKeysWithValues: zip("abtnvfr".utf8, 0x07...0x0D))
        var bytes: [UInt8] = []
        var rest = Array(path.utf8)[...]
        while let first = rest.popFirst() {
            guard first == UInt8(ascii: "\\"), let next = rest.first else {
                bytes.append(first)
                continue
            }
            let digits = rest.prefix(3)
            if digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(byte)
                rest = rest.dropFirst(3)
            } else if let byte = DeviceText.escaped([first] + rest.prefix(3)) {
                bytes.append(byte)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(controls[next] ?? next)
                rest = rest.dropFirst()
            }
        }
        return bytes
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
