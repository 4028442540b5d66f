import Basics

/// Everything that cron, anacron and run-parts start.
///
/// Reads the tables of the system and of every user (vixie-cron, cronie, BusyBox, dcron) as text; root is
/// needed for the tables of others. Jobs of at(1) run once: their files are stored and are no items.
/// - SeeAlso: crontab(5), anacrontab(5), run-parts(8)
package enum CronCollector: Collector {
    package static let name = "cron"
    package static let summary =
        "Tables of cron and anacron of the system and of every user, and scripts run daily to yearly."
    package static let files = FileSet([
        "/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly",
        "/etc/cron.monthly",
        "/etc/cron.yearly", "/etc/cron.allow", "/etc/cron.deny", "/etc/anacrontab", "/etc/crontabs",
        "/etc/at.allow",
        "/etc/at.deny", "/etc/default/cron", "/var/spool/cron",
    ])

    package static let probes = [
        Probe(
            "scripts",
            script: #"""
                for f in /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/* /etc/cron.yearly/* /etc/periodic/*/*; do
                case ${f##*/} in *[!A-Za-z0-9._-]*|'') continue ;; esac
                if [ -f "$f" ] && [ -x "$f" ]; then printf '%s\n' "$f"; fi
                done
                exit 0

                """#),
        // A missing table makes 2. The last operand is never empty, so that 1 can only be sudo's refusal.
        Probe(
            "tables", accepted: [0, 2],
            rootCommand:
                "/usr/bin/grep -rs . /etc/crontab /etc/anacrontab /etc/cron.d /etc/crontabs /var/spool/cron "
                + "/proc/version",
            script: #"""
                hf_root grep -rs . /etc/crontab /etc/anacrontab /etc/cron.d /etc/crontabs /var/spool/cron /proc/version

                """#),
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var tables: [String: CronTable] = [:]
        for line in captures.lines("tables") {
            guard let (path, text) = line.divided(at: ":"), CronTable.isTable(path) else { continue }
            tables[path, default: CronTable(path)].add(text.trimmed)
        }
        let scripts = captures.lines("scripts").map { path -> InventoryItem in
            let period = path.columns("/").dropLast().last ?? ""
            return InventoryItem("script", path, ["period": .string(period.after("cron.") ?? period)])
        }
        return Inventory(unique: tables.values.filter { !$0.isEmpty }.map(\.item) + scripts)
    }
}

/// One table: its assignments and its jobs, in the order of the file.
private struct CronTable {
    private let path: String
    private var jobs: [JSONValue] = []
    private var settings: [String: JSONValue] = [:]

    init(_ path: String) { self.path = path }

    /// Whether cron would read the file: no hidden one, no copy of an editor or a package, no job of at(1).
    static func isTable(_ path: String) -> Bool {
        let parts = path.columns("/")
        guard path.hasPrefix("/"), path != "/proc/version", let name = parts.last, !name.hasPrefix(".") else {
            return false
        }
        if parts.contains("atjobs") || parts.contains("atspool") { return false }
        return ![".dpkg-", ".rpmsave", ".rpmnew", ".swp", "~"].contains { name.contains($0) }
    }

    var isEmpty: Bool { jobs.isEmpty && settings.isEmpty }

    var item: InventoryItem {
        InventoryItem(
            "table", path,
            present: [
                "user": hasUserColumn || isAnacron ? nil : .string(path.columns("/").last ?? ""),
                "jobs": .array(jobs), "settings": settings.isEmpty ? nil : .object(settings),
            ])
    }

    private var hasUserColumn: Bool { path == "/etc/crontab" || path.hasPrefix("/etc/cron.d/") }
    private var isAnacron: Bool { path == "/etc/anacrontab" }

    mutating func add(_ line: String) {
        guard !line.isEmpty, !line.hasPrefix("#") else { return }
        if let (name, value) = assignment(line) {
            settings[name] = .guarded(value, named: name)
        } else {
            jobs.append(isAnacron ? anacronJob(line) : job(line))
        }
    }

    /// `NAME = value`, blanks and quotes allowed around both.
    private func assignment(_ line: String) -> (String, String)? {
        guard let (name, value) = line.divided(at: "=").map({ ($0.trimmed.unquoted, $1.trimmed.unquoted) })
        else { return nil }
        let isName = name.unicodeScalars.allSatisfy {
            $0 == "_" || ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
        }
        guard isName, let first = name.unicodeScalars.first, !("0"..."9").contains(first) else { return nil }
        return (name, value)
    }

    private func job(_ line: String) -> JSONValue {
        let times = line.hasPrefix("@") ? 1 : 5
        let words = line.words(limit: times + (hasUserColumn ? 2 : 1))
        guard words.count == times + (hasUserColumn ? 2 : 1) else { return ["text": .guarded(command: line)] }
        var fields: [String: JSONValue] = [
            "schedule": .string(words.prefix(times).joined(separator: " ")),
            "command": .guarded(command: words[words.count - 1]),
        ]
        if hasUserColumn { fields["user"] = .string(words[times]) }
        return .object(fields)
    }

    /// Period, delay in minutes, identifier, command.
    private func anacronJob(_ line: String) -> JSONValue {
        let words = line.words(limit: 4)
        guard words.count == 4 else { return ["text": .guarded(command: line)] }
        return [
            "schedule": .string(words[0]), "delay": .number(words[1]), "id": .string(words[2]),
            "command": .guarded(command: words[3]),
        ]
    }
}
