import RemoteExecution

/// A check of a part of a system by its own program, which runs in a sandbox over the restored files.
///
/// A new one is a line in `all`.
package struct DrillValidator: Sendable {
    package let name: String
    /// Program without which it does not run.
    package let tool: String
    /// Whether any of a backup's paths concerns it.
    package let concerns: @Sendable ([UInt8]) -> Bool
    /// Shell text; a status other than 0 is a failure, 98 says that this machine cannot tell.
    package let script: String

    /// Areas whose validators look at what only the device itself has: its disks.
    private static let bound: Set = ["mounts"]
    /// Areas with a text of their own below.
    private static let own: [String: String] = [
        "sshd": """
        [ -d /run/sshd ] || mkdir -p -m 755 /run/sshd
        set --
        if ! ls /etc/ssh/ssh_host_*_key >/dev/null 2>&1; then
        ssh-keygen -q -t ed25519 -N '' -f /tmp/host-key && set -- -h /tmp/host-key
        echo 'holdfast: note: the backup has no host keys; a new one was made for the check'
        fi
        "$(command -v sshd)" -t "$@"
        """,
        // Without a network no name resolves: those that nginx asks for are given to it.
        "nginx": """
        mkdir -p /var/log/nginx /var/lib/nginx /run
        n=0
        while ! r=$(nginx -t -q 2>&1); do
        h=$(printf '%s\\n' "$r" | sed -n 's/.*host not found in [a-z_ ]*"\\([^":]*\\).*/\\1/p' | head -n 1)
        n=$((n+1))
        if [ -z "$h" ] || [ "$n" -gt 50 ]; then printf '%s\\n' "$r"; exit 1; fi
        printf '127.0.0.1 %s\\n' "$h" >>/etc/hosts
        done
        """,
        "netplan": """
        mkdir -p /tmp/netplan/etc && cp -a /etc/netplan /tmp/netplan/etc/ && netplan generate --root-dir /tmp/netplan
        """,
    ]

    /// Every validator, in the order of the areas.
    package static let all: [DrillValidator] = RestoreArea.all.filter { !bound.contains($0.name) }.flatMap {
        area in
        var scripts: [(tool: String, script: String)] = []
        // What checks files one by one is told which by a run.
        for validator in area.validators where !validator.wantsFiles {
            if let index = scripts.firstIndex(where: { $0.tool == validator.tool }) {
                scripts[index].script += " && " + validator.script
            } else {
                scripts.append((validator.tool, own[area.name] ?? validator.script))
            }
        }
        return scripts.map { tool, script in
            DrillValidator(
                name: scripts.count == 1 ? area.name : "\(area.name) (\(tool))", tool: tool,
                concerns: { area.covers($0) }, script: script)
        }
    }

    /// What a program says when the reason lies in this machine and not in the backup.
    private static let foreign = [
        "dlopen()", "Privilege separation user", "unknown compression method",
        "cannot open shared object file",
    ]

    /// The check of all unit files, which need a reader of their own.
    /// - Parameter units: absolute paths.
    package static func units(_ units: [String]) -> DrillValidator {
        let units = units.filter { $0.split(separator: "/").last.map(UnitName.isLoadable) ?? false }
        let words = units.map { ShellQuoting.word($0) }.joined(separator: " ")
        return DrillValidator(
            name: "units", tool: "systemd-analyze", concerns: { _ in true },
            script: """
                r=$(systemd-analyze verify --man=no --generators=no -- \(words) 2>&1 </dev/null) || :
                printf '%s\\n' "$r" | grep -i -e 'invalid section' -e 'unknown section' -e 'failed to parse' -e 'bad unit file' -e "missing '='" && exit 1
                exit 0
                """)
    }

    /// The check that the words and the status of the program add up to; nil status: it is not here.
    package func check(status: Int32?, lines: [String]) -> DrillCheck {
        let lines = lines.map { $0.hasSuffix("\r") ? String($0.dropLast()) : $0 }
        let told = lines.filter { !$0.isEmpty && !$0.hasPrefix("holdfast: note: ") }
        let notes = lines.filter { $0.hasPrefix("holdfast: note: ") }.map {
            $0.dropFirst("holdfast: note: ".count)
        }
        let words = told.prefix(4).joined(separator: "; ")
        switch status {
        case nil: return DrillCheck(name, .notChecked, "\(tool) is not installed here")
        case 0:
            let more = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
            return DrillCheck(name, .ok, "\(tool) accepts it\(more)")
        case 99:
            return DrillCheck(
                name, .notChecked,
                "this system does not let Holdfast shut a program in\(words.isEmpty ? "" : ": \(words)")")
        case 98: return DrillCheck(name, .notChecked, words)
        case 124: return DrillCheck(name, .notChecked, "\(tool) did not end in time")
        default:
            guard !Self.foreign.contains(where: words.contains) else {
                return DrillCheck(name, .notChecked, "\(tool) of this machine cannot tell: \(words)")
            }
            return DrillCheck(
                name, .failed, words.isEmpty ? "\(tool) refuses it" : "\(tool) refuses it: \(words)")
        }
    }
}
