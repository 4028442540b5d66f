import Basics

/// How much room is left on each mounted file system.
///
/// It changes by itself, so no backup holds it and `allCollectors` does not name it: a plan asks for it. Mounts of the
/// network are left out, as one that does not answer would hold everything up.
/// - SeeAlso: df(1p), proc_mounts(5)
package enum FreeSpaceCollector: Collector {
    package static let name = "free-space"
    package static let summary = "Free bytes and free names of each mounted file system."

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
                exit "$hf_status"

                """#)
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let halves = captures.lines("df").split(separator: "=== names", maxSplits: 1)
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
        return Inventory(unique: fields.map { InventoryItem("room", $0.key, $0.value) })
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
