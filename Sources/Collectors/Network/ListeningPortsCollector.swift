import Basics

/// What listens on the network: an item for each port and protocol.
///
/// Known to work with `ss` of iproute2 4 to 6 and with `netstat` of BusyBox and net-tools. Names of processes need root;
/// their ids are not kept, as they change with every start.
/// - SeeAlso: ss(8), netstat(8)
package enum ListeningPortsCollector: Collector {
    package static let name = "listening-ports"
    package static let summary = "Ports that listen on the network, with the names of their programs."

    package static let probes = [
        Probe(
            "sockets", rootCommand: "/usr/bin/ss -Hltnup, /bin/netstat -ltnup", isRequired: true,
            script: """
                if command -v ss >/dev/null 2>&1; then set -- ss -Hltn
                elif command -v netstat >/dev/null 2>&1; then set -- netstat -ltn
                else echo 'neither ss nor netstat is installed' >&2; exit 127; fi
                out=$(hf_root "$1" "${2}up" 2>/dev/null) || out=$("$1" "${2}up" 2>/dev/null) \
                || out=$("$1" "${2}u") || exit
                printf '%s\n' "$out"
                """)
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var ports: [String: Port] = [:]
        var lacksNames = false
        for line in captures.lines("sockets") {
            guard let socket = socket(line) else { continue }
            lacksNames = lacksNames || socket.processes.isEmpty
            ports[socket.name, default: Port()].addresses.insert(socket.address)
            ports[socket.name, default: Port()].processes.formUnion(socket.processes)
        }
        let remark = "Names of some programs are missing: they need root, or the kernel itself listens."
        return Inventory(
            ports.map { InventoryItem("port", $0, $1.fields) }, remarks: lacksNames ? [remark] : [])
    }

    private struct Port {
        var addresses: Set<String> = []
        var processes: Set<String> = []

        var fields: [String: JSONValue] {
            let fields: [String: JSONValue] = [
                "addresses": .array(addresses.sorted().map { .string($0) }),
                "processes": .array(processes.sorted().map { .string($0) }),
            ]
            return fields.filter { !$0.value.isUnset }
        }
    }

    private static func socket(_ line: String) -> (name: String, address: String, processes: Set<String>)? {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let first = words.first, words.count > 4 else { return nil }
        let transport = first.hasPrefix("tcp") ? "tcp" : first.hasPrefix("udp") ? "udp" : nil
        guard let transport else { return nil }
        // `ss` gives the state before the queues, `netstat` behind the addresses.
        let isPlain = words[1].allSatisfy(\.isNumber)
        let local = words[isPlain ? 3 : 4]
        guard let colon = local.lastIndex(of: ":") else { return nil }
        let port = local[local.index(after: colon)...]
        guard !port.isEmpty, port.allSatisfy(\.isNumber) else { return nil }
        let address = local[..<colon]
        let bare = address.hasPrefix("[") && address.hasSuffix("]") ? address.dropFirst().dropLast() : address
        let processes = isPlain ? plainProcess(words) : quotedProcesses(line)
        return ("\(port)/\(transport)", bare == "*" ? "::" : String(bare), processes)
    }

    /// The names out of `users:(("nginx",pid=1,fd=6),("nginx",pid=2,fd=6))`.
    private static func quotedProcesses(_ line: String) -> Set<String> {
        guard let start = line.firstRange(of: "users:(") else { return [] }
        let parts = line[start.upperBound...].split(separator: "(\"")
        return Set(
            parts.compactMap { part in
                guard let end = part.firstRange(of: "\",pid=") else { return nil }
                return String(part[..<end.lowerBound])
            })
    }

    /// The name out of the last column, `123/name`.
    private static func plainProcess(_ words: [Substring]) -> Set<String> {
        for word in words.dropFirst(5) {
            guard let slash = word.firstIndex(of: "/"), slash > word.startIndex,
                word[..<slash].allSatisfy(\.isNumber)
            else { continue }
            return [String(word[word.index(after: slash)...])]
        }
        return []
    }
}
