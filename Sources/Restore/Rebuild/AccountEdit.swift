import Basics

/// What is written into the files of accounts, and what takes it out again.
///
/// Lines come from the backup as they are there, with the numbers of the plan; nothing that is there already is changed,
/// except that groups get members.
package struct AccountEdit: Sendable, Equatable {
    /// The files that may be edited, in the order in which that is done.
    package static let files = ["group", "gshadow", "passwd", "shadow", "subuid", "subgid"]

    /// Lines of directives by file: `+LINE` appends, `-NAME` takes out, `m GROUP USER` and `u GROUP USER` change members.
    package private(set) var forward: [String: [String]] = [:]
    package private(set) var backward: [String: [String]] = [:]
    /// Homes that are made from `/etc/skel` where they are missing: path, user and group by number.
    package private(set) var homes: [(path: String, user: String, group: String)] = []
    /// Whether names are taken out: then the files as they were are what leads back.
    package private(set) var removes = false

    package var isEmpty: Bool { forward.isEmpty }

    package static func == (left: AccountEdit, right: AccountEdit) -> Bool {
        left.forward == right.forward && left.backward == right.backward
            && left.homes.map(\.path) == right.homes.map(\.path)
    }

    package init() {}

    /// The edit for `steps`.
    ///
    /// - Parameters:
    ///   - texts: the backup's files by their names in `files`; those that it lacks are left out.
    ///   - maps: names that users have on this machine.
    package init(_ steps: [RestoreStep], texts: [String: String], maps: RestoreMaps = RestoreMaps([])) {
        let lines = texts.mapValues { Self.byName($0, maps) }
        for step in steps where AccountTable.isPlain(step.name) {
            switch step.action {
            case .group where step.takesOut, .user where step.takesOut: remove(step)
            case .group: add(group: step, lines)
            case .user: add(user: step, lines)
            default: break
            }
        }
    }

    /// Takes out what a run made.
    private mutating func remove(_ step: RestoreStep) {
        removes = true
        let isGroup = step.action == .group
        guard step.to.isEmpty else {
            for member in step.what.compactMap({ $0.hasPrefix("removes ") ? String($0.dropFirst(8)) : nil })
            where AccountTable.isPlain(member) {
                for file in ["group", "gshadow"] {
                    forward[file, default: []].append("u \(step.name) \(member)")
                }
            }
            return
        }
        for file in isGroup ? ["group", "gshadow"] : ["passwd", "shadow", "subuid", "subgid"] {
            forward[file, default: []].append("-" + step.name)
        }
    }

    /// Lines by their first column, which is the name of a user or a group.
    private static func byName(_ text: String, _ maps: RestoreMaps) -> [String: [String]] {
        var lines: [String: [String]] = [:]
        for line in text.split(separator: "\n") where line.contains(":") && !line.hasPrefix("#") {
            var parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            parts[0] = maps.user(parts[0])
            if lines[parts[0]] == nil { lines[parts[0]] = parts }
        }
        return lines
    }

    private mutating func put(_ file: String, _ parts: [String]) {
        // A line that a hostile backup holds must stay one line.
        let line = parts.joined(separator: ":")
        guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return }
        forward[file, default: []].append("+" + line)
        backward[file, default: []].append("-" + parts[0])
    }

    private mutating func add(group step: RestoreStep, _ lines: [String: [String: [String]]]) {
        let members = step.what.compactMap { $0.hasPrefix("adds ") ? String($0.dropFirst(5)) : nil }
            .filter(AccountTable.isPlain)
        guard step.from.isEmpty else {
            for file in ["group", "gshadow"] {
                for member in members {
                    forward[file, default: []].append("m \(step.name) \(member)")
                    backward[file, default: []].append("u \(step.name) \(member)")
                }
            }
            return
        }
        let list = members.joined(separator: ",")
        put("group", [step.name, "x", step.to, list])
        let shadow = lines["gshadow"]?[step.name]
        put("gshadow", [step.name, shadow.flatMap { $0.count == 4 ? $0[1] : nil } ?? "!", "", list])
    }

    private mutating func add(user step: RestoreStep, _ lines: [String: [String: [String]]]) {
        let numbers = step.to.split(separator: ":").map(String.init)
        guard numbers.count == 2, let line = lines["passwd"]?[step.name], line.count == 7 else { return }
        put("passwd", [step.name, "x", numbers[0], numbers[1], line[4], line[5], line[6]])
        let shadow = lines["shadow"]?[step.name]
        // Without the line of the backup nobody logs in by password.
        put(
            "shadow",
            shadow.flatMap { $0.count == 9 ? $0 : nil } ?? [step.name, "!", "", "", "", "", "", "", ""])
        for file in ["subuid", "subgid"] {
            if let range = lines[file]?[step.name], range.count == 3 { put(file, range) }
        }
        if line[5].hasPrefix("/home/"), PathGuard.problem(path: Array(line[5].utf8)) == nil {
            homes.append((line[5], numbers[0], numbers[1]))
        }
    }
}
