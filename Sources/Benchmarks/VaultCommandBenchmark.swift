import Basics

/// 30,000 small files through the whole program, beside restic on the same files in the same rotation.
///
/// Sources, vault and repository lie on a memory file system where there is one.
enum VaultCommandBenchmark: Benchmark {
    static let name = "vault-cli"
    /// As the first argument of this program: writes the files below the second, and nothing else.
    static let writing = "write-files"

    static func run(_ options: Options, _ report: Report) async throws {
        try await ScratchFile.withFolder(ScratchFile.memoryPath("vault")) { folder in
            var race = Race(options: options, report: report, folder: folder)
            for round in 0..<(options.rounds ?? 3) { try race.run(round) }
            race.tell()
        }
    }

    /// The steps in order, each by both programs.
    private struct Race {
        let options: Options
        let report: Report
        let folder: String
        let fleet = FileSet()
        var costs: [String: [String: [Cost]]] = [:]
        var sizes: [String: [Int64]] = [:]

        init(options: Options, report: Report, folder: String) {
            self.options = options
            self.report = report
            self.folder = folder
        }

        private var source: String { folder + "/source" }
        private var one: String { source + "/" + fleet.path(of: 123, on: 57) }

        /// One round: new files, a new vault, a new repository.
        mutating func run(_ round: Int) throws {
            try Command(arguments: ["/bin/rm", "-rf", folder]).run()
            try Folder.createAll(folder)
            try Command(arguments: [options.program, VaultCommandBenchmark.writing, source]).run()
            let holdfast = Side.holdfast(try Rig.Holdfast(options.holdfast, home: folder + "/home"))
            var sides = [holdfast]
            if Command.isInstalled("restic") {
                let restic = Side.restic(folder)
                try restic.command(["init"]).run()
                sides.append(restic)
            }
            // Who begins changes from round to round.
            if round % 2 == 1 { sides.reverse() }
            for step in Step.allCases {
                if step == .changed { try changeSome() }
                for side in sides { try run(step, side) }
            }
        }

        private mutating func run(_ step: Step, _ side: Side) throws {
            let target = "\(folder)/restored-\(side.name)"
            let words = side.words(step, source: source, one: one, target: target)
            costs[step.rawValue, default: [:]][side.name, default: []].append(try side.command(words).run())
            if step == .first { sizes[side.name, default: []].append(try side.size()) }
            guard step == .restore else { return }
            try Command(arguments: ["/usr/bin/diff", "-rq", source, target + source]).run()
            try Command(arguments: ["/bin/rm", "-rf", target]).run()
        }

        /// Appends a line to one file in a hundred.
        private func changeSome() throws {
            try Command.shell(
                """
                find '\(source)' -type f | sort | awk 'NR % 100 == 7' | while IFS= read -r file; do
                echo "changed: $file" >>"$file"; done
                """
            ).run()
        }

        func tell() {
            for step in Step.allCases {
                for (side, costs) in (costs[step.rawValue] ?? [:]).sorted(by: { $0.key < $1.key }) {
                    report.costs(name, step.rawValue, side, costs)
                }
                let rotation = Rotation(costs: costs[step.rawValue] ?? [:])
                for (what, property) in [("wall", \Cost.wall), ("cpu", \Cost.cpu)] {
                    guard let ratio = rotation.ratio("holdfast", to: "restic", of: { $0[keyPath: property] })
                    else { continue }
                    report.figure(name, "\(step.rawValue): \(what), holdfast / restic", ratio)
                }
                if step == .one {
                    report.figure(
                        name, "one file: best wall ms, holdfast", rotation.best("holdfast") * 1000)
                }
            }
            for (side, sizes) in sizes.sorted(by: { $0.key < $1.key }) {
                report.figure(name, "size MB, \(side)", sizes.map(Double.init).median { $0 } / 1_000_000)
            }
            guard let own = sizes["holdfast"]?.max(), let other = sizes["restic"]?.max() else { return }
            report.figure(name, "size, holdfast / restic", Double(own) / Double(other))
        }
    }

    private enum Step: String, CaseIterable {
        case first
        case unchanged
        case list
        case one = "one file"
        case verify
        case restore
        case changed = "1 % changed"
    }

    /// One of the two programs, with a vault or a repository of its own.
    private enum Side {
        case holdfast(Rig.Holdfast)
        case restic(String)

        var name: String {
            switch self {
            case .holdfast: "holdfast"
            case .restic: "restic"
            }
        }

        func command(_ words: [String]) -> Command {
            switch self {
            case .holdfast(let holdfast): return holdfast.command(words)
            case .restic(let folder):
                var command = Command.program("restic", ["-q", "-r", folder + "/restic"] + words)
                command.environment = ["RESTIC_PASSWORD": "x", "RESTIC_CACHE_DIR": folder + "/cache"]
                return command
            }
        }

        func words(_ step: Step, source: String, one: String, target: String) -> [String] {
            switch (self, step) {
            case (.holdfast, .first), (.holdfast, .unchanged), (.holdfast, .changed):
                ["backup", "create", "local", "--only", "paths", "--path", source]
            case (.holdfast, .list): ["backup", "list"]
            case (.holdfast, .one): ["backup", "cat", "latest:local", one]
            case (.holdfast, .verify): ["backup", "verify", "latest:local", "--full"]
            case (.holdfast, .restore): ["backup", "export", "latest:local", "--to", target]
            case (.restic, .first), (.restic, .unchanged), (.restic, .changed): ["backup", source]
            case (.restic, .list): ["snapshots"]
            case (.restic, .one): ["dump", "latest", one]
            case (.restic, .verify): ["check", "--read-data"]
            case (.restic, .restore): ["restore", "latest", "--target", target]
            }
        }

        /// Bytes of all files of the vault or the repository.
        func size() throws -> Int64 {
            let path =
                switch self {
                case .holdfast(let holdfast): holdfast.home + "/vault"
                case .restic(let folder): folder + "/restic"
                }
            let text = try Command.shell(
                "find '\(path)' -type f -printf '%s\\n' | awk '{s+=$1} END {printf \"%d\", s}'"
            ).text()
            return Int64(text) ?? -1
        }
    }
}
