import Basics

/// How much room is left on each mounted file system, and whether root can be had.
///
/// It changes by itself, so no backup holds it and `allCollectors` does not name it: a plan asks for it. Mounts of the
/// network are left out, as one that does not answer would hold everything up.
/// - SeeAlso: df(1p), proc_mounts(5)
package enum FreeSpaceCollector: Collector {
    package static let name = "free-space"
    package static let summary =
        "Free bytes and free names of each mounted file system, where there are mounts, and whether root can be had."

    package static let probes = [
        Probe(
            "df", tool: "df", timeLimit: 15, accepted: [0, 1],
            script: #"""
                set --
                while read -r hf_source hf_place hf_type hf_rest; do
                case $hf_type in nfs*|cifs|smb*|9p|ceph|afs|glusterfs|fuse|fuse.*|autofs|proc|sysfs|cgroup*|devpts|mqueue|squashfs) continue ;; esac
                case $hf_place in *\\*) continue ;; esac
                set -- "$@" "$hf_place"
                done </proc/mounts
                df -P -k "$@"; hf_status=$?
                printf '=== names\n'
                df -P -i "$@" || :
                printf '=== mounts\n'
                while read -r hf_source hf_place hf_rest; do printf '%s\n' "$hf_place"; done </proc/mounts
                exit "$hf_status"

                """#),
        Probe(
            "root",
            script: #"""
                [ "$HF_UID" = 0 ] || sudo -n -- /bin/sh -c 'exit 0' </dev/null >/dev/null 2>&1 || echo none
                exit 0

                """#),
    ]

    /// The kind of the item that tells that root cannot be had there.
    package static let noRoot = "no-root"

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let parts = captures.lines("df").split(separator: "=== mounts", maxSplits: 1)
        let mounts = parts.count > 1 ? parts[1].compactMap(place) : []
        let halves = (parts.first ?? []).split(separator: "=== names", maxSplits: 1)
        var fields: [String: [String: JSONValue]] = [:]
        // Of mounts one upon the other, the last can be seen.
        for (place, row) in (halves.first ?? []).compactMap(row) {
            let (bytes, isBeyond) = row.free.multipliedReportingOverflow(by: 1024)
            fields[place] = ["bytes": .int(isBeyond ? .max : bytes)]
        }
        // A file system without a fixed number of names says that it has none at all.
        for (place, row) in (halves.count > 1 ? Array(halves[1]) : []).compactMap(row) where row.all > 0 {
            fields[place]?["names"] = .int(row.free)
        }
        // Of places, one upon the other is no more than one.
        return Inventory(
            unique: fields.map { InventoryItem("room", $0.key, $0.value) }
                + Set(mounts).map { InventoryItem("mount", $0, [:]) }
                + captures.lines("root").prefix(1).map { InventoryItem(noRoot, $0, [:]) })
    }

    /// A place as the kernel writes it, with spaces and the like as three octal digits.
    ///
    /// Of one whose name is no text, the folder around it.
    private static func place(_ word: String) -> String? {
        guard word.hasPrefix("/") else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(word.utf8)[...]
        while let first = rest.first {
            if first == UInt8(ascii: "\\"), let byte = octal(rest.dropFirst().prefix(3)) {
                bytes.append(byte)
                rest = rest.dropFirst(4)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        if let text = String(validating: bytes, as: UTF8.self), !text.contains("\u{fffd}") { return text }
        let odd = word.firstIndex { $0 == "\u{fffd}" || $0 == "\\" } ?? word.endIndex
        let slash = word[..<odd].lastIndex(of: "/") ?? word.startIndex
        return slash == word.startIndex ? nil : String(word[..<slash])
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 3 else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    /// One line of `df`: source, all, used, free, percentage, place.
    private static func row(_ line: String) -> (place: String, row: (all: Int64, free: Int64))? {
        let words = line.words()
        guard words.count >= 6, let place = words.last, place.hasPrefix("/"),
            let all = Int64(words[words.count - 5]), let free = Int64(words[words.count - 3])
        else { return nil }
        return (place, (all, max(0, free)))
    }
}
