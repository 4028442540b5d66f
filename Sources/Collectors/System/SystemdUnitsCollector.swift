import Basics

/// The units of systemd: which are enabled, and what every service and timer says, as systemd reads it.
///
/// One `systemctl cat` prints the whole of them, loaded or not: which of them are loaded changes on an idle
/// machine, where systemd starts services on demand and forgets them again. Works with systemd 230 or newer;
/// where systemd is installed and not running (a chroot, a container) only the states are read. What moves is
/// left out: whether a unit runs, has failed, was made by a session.
/// - SeeAlso: systemctl(1), systemd.unit(5)
package enum SystemdUnitsCollector: Collector {
    package static let name = "systemd-units"
    package static let summary =
        "Unit files with their enabled state, what services and timers say, local units and drop-ins."

    package static let files = FileSet(
        ["/etc/systemd", "/usr/local/lib/systemd", "/var/lib/systemd/linger"],
        excludes: [
            "/etc/systemd/system/*.wants/*", "/etc/systemd/system/*.requires/*",
            "/etc/systemd/user/*.wants/*",
        ],
        discovery: #"""
            unset IFS
            while IFS=: read -r n p u g c h s || [ -n "$n" ]; do
            case $h in /?*) ;; *) continue ;; esac
            if [ -d "$h/.config/systemd/user" ]; then printf '%s\n' "$h/.config/systemd/user"; fi
            done </etc/passwd
            """#)

    package static let probes = [
        Probe(
            "unit-files", tool: "systemctl", timeLimit: 30, isRequired: true,
            script: #"""
                set --
                [ -d /run/systemd/system ] || set -- --root=/
                systemctl "$@" list-unit-files --no-pager --plain --no-legend || exit
                # An instance of a template has no file of its own, only a link that enables it.
                for l in /etc/systemd/system/*.wants/*@?*.* /etc/systemd/system/*.requires/*@?*.*; do
                u=${l##*/}
                if [ -L "$l" ] && [ ! -e "/etc/systemd/system/$u" ]; then printf '%s enabled -\n' "$u"; fi
                done | sort -u

                """#),
        Probe(
            "definitions", tool: "systemctl", timeLimit: 30,
            script: #"""
                [ -d /run/systemd/system ] || exit 0
                units=$(systemctl list-unit-files --type=service,timer --no-pager --plain --no-legend) || exit
                names=$(printf '%s\n' "$units" |
                awk '$2 != "masked" && $2 != "masked-runtime" && $2 != "alias" && $2 != "transient" { print $1 }') || exit
                [ -n "$names" ] || exit 0
                set -f
                IFS='
                '
                set -- $names
                exec systemctl cat --no-pager -- "$@"

                """#),
    ]

    package static func doubt(_ captures: Captures) -> CollectorError? {
        doubtIfEmpty("unit-files", captures, "systemctl is installed and lists no unit")
    }

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let units = captures.lines("unit-files").compactMap(unit)
        let definitions = UnitDefinitions(captures.lines("definitions"))
        let isIdle = captures.byProbe["definitions"]?.outcome == .exited(0) && definitions.items.isEmpty
        return Inventory(
            unique: units + definitions.items,
            remarks: isIdle ? ["systemd does not run on this device: what its units say was not read."] : [])
    }

    /// One line: name, state and, since systemd 245, the preset.
    ///
    /// Scopes and transient units come and go.
    private static func unit(_ line: String) -> InventoryItem? {
        let words = line.words()
        guard words.count >= 2, words[0].contains("."), words[1] != "transient", !words[0].hasSuffix(".scope")
        else { return nil }
        let preset = words.count > 2 && words[2] != "-" ? words[2] : ""
        return InventoryItem(
            "unit", words[0], present: ["state": .string(words[1]), "preset": .string(preset)])
    }
}

/// What `systemctl cat` printed, by file.
///
/// Each file begins with `# /path/of/the/file`, at the very start or after an empty line. Comments and empty
/// lines are left out: files below `/etc` are stored whole beside this.
private struct UnitDefinitions {
    private(set) var items: [InventoryItem] = []
    private var paths: Set<String> = []
    /// What each line was found to be, whether a secret or not.
    private var verdicts: [String: JSONValue] = [:]

    init(_ lines: [String]) {
        var path: String?
        var content: [JSONValue] = []
        var isAfterGap = true
        var isContinued = false
        for line in lines {
            let text = line.trimmed
            if isAfterGap, let next = Self.path(line) {
                add(path, content)
                (path, content, isContinued) = (next, [], false)
            } else if isContinued || !(text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";")) {
                content.append(judged(line))
                isContinued = text.hasSuffix("\\")
            }
            isAfterGap = text.isEmpty
        }
        add(path, content)
    }

    /// Instances of one template print the same file again; transient units are gone after the next start.
    private mutating func add(_ path: String?, _ content: [JSONValue]) {
        guard let path, !path.hasPrefix("/run/systemd/transient/"),
            paths.insert(path).inserted
        else { return }
        items.append(InventoryItem("definition", path, ["lines": .array(content)]))
    }

    private static func path(_ line: String) -> String? {
        guard let path = line.after("# /"), !path.contains("//") else { return nil }
        let endings = [".service", ".timer", ".conf"]
        return endings.contains { path.hasSuffix($0) } && path.contains("systemd/") ? "/" + path : nil
    }

    /// Most lines of units stand in many of them.
    private mutating func judged(_ line: String) -> JSONValue {
        if let known = verdicts[line] { return known }
        let verdict = Self.guarded(line)
        verdicts[line] = verdict
        return verdict
    }

    /// `Environment="A=1" "PASSWORD=x"` is judged by each assignment, everything else by its shape.
    private static func guarded(_ line: String) -> JSONValue {
        if let assignments = line.trimmed.after("Environment=") {
            let isSecret = assignments.words().contains { word in
                guard let (name, value) = word.unquoted.divided(at: "=") else { return false }
                return SecretRules.isSecret(value.unquoted, named: name.drop { $0 == "\"" || $0 == "'" })
            }
            if isSecret { return .secret(line) }
        }
        return .guarded(command: line)
    }
}
