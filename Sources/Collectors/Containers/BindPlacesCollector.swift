import Basics

/// Where the bind mounts of Docker containers really lie, of those whose path goes through a link or into a folder that is
/// mounted a second time.
///
/// The engine names a source as it was typed; which files a container sees, only the machine can tell. No backup holds it
/// and `allCollectors` does not name it: a plan asks for it.
/// - SeeAlso: docker-inspect(1), readlink(1), proc_pid_mountinfo(5)
package enum BindPlacesCollector: Collector {
    package static let name = "bind-places"
    package static let summary =
        "Bind mounts of containers whose files lie, or lie as well, at another path than their source, and which."

    package static let probes = [
        Probe(
            "places", tool: "docker", timeLimit: 60,
            rootCommand: "/usr/bin/docker ps *, /usr/bin/docker inspect *",
            script: DockerCommand.opening + #"""
                # The same folder of the same file system below other places where that is mounted; the last mount is seen.
                hf_second() {
                hf_name=$1 hf_path=$2 awk '
                function below(path, folder) {
                if (folder == "/") return path == "/" ? "" : path
                if (path == folder) return ""
                return index(path, folder "/") == 1 ? substr(path, length(folder) + 1) : "-"
                }
                index($0, "\\") == 0 { n++; device[n] = $3; root[n] = $4; place[n] = $5 }
                END {
                path = ENVIRON["hf_path"]; found = 0
                for (i = 1; i <= n; i++) if (below(path, place[i]) != "-" && (!found || length(place[i]) >= length(place[found]))) found = i
                if (!found) exit
                inside = below(path, place[found]); whole = (root[found] == "/" ? "" : root[found]) inside
                if (whole == "") whole = "/"
                for (i = 1; i <= n; i++) {
                if (i == found || device[i] != device[found] || (rest = below(whole, root[i])) == "-") continue
                other = (place[i] == "/" ? "" : place[i]) rest
                if (other != "" && other != path) printf "%s\n%s\n", ENVIRON["hf_name"], other
                }
                }' /proc/self/mountinfo 2>/dev/null
                }
                hf_ids=$(hf_docker ps --all --quiet --no-trunc) || exit
                [ -n "$hf_ids" ] || exit 0
                # What is gone a moment later is of no use to anybody, and no reason to say nothing of the others.
                hf_docker inspect --type container \
                --format '{{range .Mounts}}{{if eq .Type "bind"}}{{println .Source}}{{end}}{{end}}' -- $hf_ids 2>/dev/null \
                | sort -u | while IFS= read -r hf_place; do
                case $hf_place in /*) ;; *) continue ;; esac
                # A link still says where the data lay that is gone.
                hf_there=$(hf_root readlink -f -- "$hf_place" 2>/dev/null) || hf_there=$(hf_root readlink -m -- "$hf_place" 2>/dev/null) || continue
                [ "$hf_there" = "$hf_place" ] || printf '%s\n%s\n' "$hf_place" "$hf_there"
                hf_second "$hf_place" "$hf_there"
                done
                exit 0

                """#)
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let lines = captures.lines("places")
        var found: [String: [JSONValue]] = [:]
        for index in stride(from: 0, to: lines.count - 1, by: 2) where lines[index + 1].hasPrefix("/") {
            found[lines[index], default: []].append(.string(lines[index + 1]))
        }
        return Inventory(unique: found.map { InventoryItem("place", $0.key, ["places": .array($0.value)]) })
    }

    /// What of a source is known besides: every path of its files, by the source.
    package static func links(_ items: [InventoryItem]) -> [String: [String]] {
        Dictionary(
            items.map { ($0.name, ($0.fields["places"]?.array ?? []).compactMap(\.string)) }
        ) { $0 + $1 }
    }
}
