import Basics

/// Shell text and parser for collectors that read telling lines out of a program's configuration files.
enum SiteListing {
    /// Prints `file PATH` and `line TEXT` for each readable file of `globs`, `hidden PATH` for each other one.
    /// - Parameter expression: an extended regular expression for awk, without a slash.
    static func script(_ globs: [String], lines expression: String) -> String {
        """
        set -- x
        for file in \(globs.joined(separator: " ")); do
        [ -f "$file" ] || continue
        if [ -r "$file" ]; then set -- "$@" "$file"; else printf 'hidden %s\\n' "$file"; fi
        done
        shift
        [ $# -gt 0 ] || exit 0
        awk 'FNR == 1 { print "file " FILENAME } /\(expression)/ { print "line " $0 }' "$@"
        """
    }

    /// The words of each statement on the telling lines of each file, and the files that only root reads.
    static func parse(_ lines: [String]) -> (files: [String: [[String]]], remarks: [String]) {
        var files: [String: [[String]]] = [:]
        var remarks: [String] = []
        var current: String?
        for line in lines {
            if line.hasPrefix("file ") {
                current = String(line.dropFirst(5))
                files[current ?? "", default: []] += []
            } else if line.hasPrefix("hidden ") {
                remarks.append("\(line.dropFirst(7)) may only be read by root.")
            } else if line.hasPrefix("line "), let current {
                for statement in line.dropFirst(5).split(separator: ";") {
                    let words = statement.split { " \t<>{}\r".contains($0) }.map(String.init)
                    if !words.isEmpty { files[current]?.append(words) }
                }
            }
        }
        return (files, remarks)
    }

    /// What follows any of `keys` in the lines of a file, each once, sorted.
    static func values(_ lines: [[String]], after keys: Set<String>) -> JSONValue {
        let found = lines.filter { $0.first.map { keys.contains($0.lowercased()) } == true }.flatMap {
            $0.dropFirst()
        }
        return .array(Set(found).sorted().map { .string($0) })
    }

    /// The item of a program whose version a probe printed: the first word that begins with a digit or `v` and a digit.
    ///
    /// It has to stand in the first 200 lines.
    static func program(_ name: String, _ lines: [String]) -> [InventoryItem] {
        for word in lines.prefix(200).lazy.flatMap({ $0.split { " /\t,()".contains($0) } }) {
            let bare = word.hasPrefix("v") ? word.dropFirst() : word
            if bare.first?.isNumber == true, bare.contains(".") {
                return [InventoryItem("program", name, ["version": .string(String(bare))])]
            }
        }
        return []
    }
}
