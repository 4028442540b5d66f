import Basics
package import RemoteExecution

/// Files whose form a program can prove: archives, compressed files, databases.
package enum DataFile: String, Sendable, CaseIterable {
    case gzip
    case bzip2
    case xz
    case zstd
    case tar
    case zip
    case sqlite

    /// Most files of one kind that are looked at.
    package static let limit = 2000
    /// Longest text of one step, in bytes: an argument holds 128 KiB at most.
    private static let textLimit = 64 << 10
    /// The first bytes of every SQLite database.
    package static let sqliteMagic = Array("SQLite format 3\0".utf8)

    /// The kind that a file's name tells; nil for all others, SQLite among them.
    package static func kind(ofName path: [UInt8]) -> DataFile? {
        let suffixes: [(String, DataFile)] = [
            (".gz", .gzip), (".tgz", .gzip), (".bz2", .bzip2), (".xz", .xz), (".zst", .zstd), (".tar", .tar),
            (".zip", .zip),
        ]
        return suffixes.first {
            path.count > $0.0.utf8.count && path.suffix($0.0.utf8.count).elementsEqual($0.0.utf8)
        }?
        .1
    }

    /// Whether a file may be a SQLite database: its length is a multiple of its pages.
    package static func mayBeSQLite(size: Int64) -> Bool { size >= 512 && size % 512 == 0 }

    /// The program that proves it.
    package var tool: String {
        switch self {
        case .sqlite: "sqlite3"
        case .zip: "unzip"
        default: rawValue
        }
    }

    /// Shell text that reads `$1` to its end.
    private var proof: String {
        switch self {
        case .gzip:
            "case $1 in *.tar.gz|*.tgz) gzip -t -- \"$1\" && tar -tzf \"$1\" >/dev/null ;; *) gzip -t -- \"$1\" ;; esac"
        case .bzip2, .xz: "\(rawValue) -t -- \"$1\""
        case .zstd: "zstd -q -t -- \"$1\""
        case .tar: "tar -tf \"$1\" >/dev/null"
        case .zip: "unzip -tqq \"$1\" >/dev/null"
        case .sqlite:
            "r=$(sqlite3 -batch \"$1\" 'PRAGMA integrity_check(1);') && { [ \"$r\" = ok ] || { printf '%s\\n' \"$r\" >&2; false; }; }"
        }
    }

    /// Steps that prove these files; each prints `ok N` or `bad N words`, N being the place in `paths`.
    package func steps(for paths: [[UInt8]]) -> [ScriptStep] {
        let head = """
            hf_prove() { \(proof); }
            hf_try() {
            if hf_said=$(hf_prove "$2" 2>&1 </dev/null); then printf 'ok %s\\n' "$1"
            else printf 'bad %s %s\\n' "$1" "$(printf '%s' "$hf_said" | head -n 1 | cut -c 1-300)"; fi
            }

            """
        var steps: [ScriptStep] = []
        var text: [UInt8] = []
        func close() {
            guard !text.isEmpty else { return }
            let script = head + String(decoding: text, as: UTF8.self)
            steps.append(ScriptStep(tool: tool, timeLimit: 3600, script: script))
            text = []
        }
        // A script is text: a name that is none cannot be asked about, and is counted as not looked at.
        for (index, path) in paths.prefix(Self.limit).enumerated()
        where String(validating: path, as: UTF8.self) != nil {
            let line = Array("hf_try \(index) ".utf8) + ShellQuoting.word(path) + [0x0A]
            if text.count + line.count > Self.textLimit { close() }
            text += line
        }
        close()
        return steps
    }

    /// The check that the lines of the steps add up to; nil lines: the program is not there.
    package func check(_ names: [String], lines: [String]?, isWhole: Bool) -> DrillCheck {
        guard let lines else {
            return DrillCheck(
                rawValue, .notChecked,
                "\(tool) is not installed here; \(names.count) files were not looked at")
        }
        var problems: [String] = []
        var good = 0
        for line in lines {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count >= 2, let index = Int(words[1]), names.indices.contains(index) else { continue }
            if words[0] == "ok" { good += 1 }
            if words[0] == "bad" {
                problems.append("\(names[index]): \(words.count > 2 ? String(words[2]) : "is damaged")")
            }
        }
        let done = good + problems.count
        guard problems.isEmpty, done < names.count || !isWhole else {
            return DrillCheck(rawValue, problems: problems, well: "\(good.counted("file")) read to the end")
        }
        return DrillCheck(rawValue, .notChecked, "only \(done) of \(names.count) files could be looked at")
    }
}
