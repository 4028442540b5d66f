import Basics

/// Who may become root, and how: the rules of sudo and doas.
///
/// Reads the rules as text and does not resolve aliases or includes outside of `/etc/sudoers.d`.
/// - SeeAlso: sudoers(5), doas.conf(5), polkit(8)
package enum SudoersCollector: Collector {
    package static let name = "sudoers"
    package static let summary = "Rules of sudo, doas and polkit on who may act as root."
    package static let files = FileSet([
        "/etc/sudoers", "/etc/sudoers.d", "/etc/sudo.conf", "/etc/sudo_logsrvd.conf", "/etc/doas.conf",
        "/etc/doas.d",
        "/etc/polkit-1/rules.d", "/etc/polkit-1/localauthority",
    ])

    package static let probes = [
        // A missing folder makes 2; 1 would be sudo's refusal.
        Probe(
            "rules", tool: "sudo", accepted: [0, 2],
            rootCommand: "/usr/bin/grep -rs . /etc/sudoers /etc/sudoers.d",
            script: "hf_root grep -rs . /etc/sudoers /etc/sudoers.d\n")
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var order: [String] = []
        var rules: [String: [String]] = [:]
        var isContinued = false
        for line in captures.lines("rules") {
            guard let (path, text) = line.divided(at: ":"), path.hasPrefix("/") else { continue }
            if rules[path] == nil {
                order.append(path)
                rules[path] = []
                isContinued = false
            }
            let isComment = text.trimmed.hasPrefix("#") && !isDirective(text.trimmed)
            guard isContinued || !(isComment || text.trimmed.isEmpty) else { continue }
            let part = text.hasSuffix("\\") ? String(text.dropLast()).trimmed : text.trimmed
            if isContinued, let last = rules[path]?.popLast() {
                rules[path]?.append("\(last) \(part)")
            } else {
                rules[path]?.append(part)
            }
            isContinued = text.hasSuffix("\\")
        }
        return Inventory(
            order.filter { rules[$0]?.isEmpty == false }.map { path in
                InventoryItem(
                    "rules", path, ["lines": .array((rules[path] ?? []).map { .guarded(command: $0) })])
            })
    }

    /// `#include` and `#includedir` of old, and a rule for a user by number (`#1000`), only look like
    /// comments.
    private static func isDirective(_ text: String) -> Bool {
        if text.hasPrefix("#include ") || text.hasPrefix("#includedir ") { return true }
        return text.dropFirst().unicodeScalars.first.map { ("0"..."9").contains($0) } ?? false
    }
}
