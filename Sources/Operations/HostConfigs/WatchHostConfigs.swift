package import Basics
import HostConfig

/// Keeps what changes in assistants' configuration, and tells what broke, as long as it runs.
package struct WatchHostConfigs: ServiceOperation {
    /// What is done about a file that broke.
    package enum Repair: String, Codable, Sendable, CaseIterable, FieldValue {
        /// Tells the command that puts it back.
        case offer
        /// Puts back what is empty or cannot be understood, and offers the rest.
        case broken
        /// Puts back files that are gone or lost all of their servers, too.
        case all
    }

    package struct Input: OperationInput {
        @Field("The assistants' programs; all that are known unless given.", .operand) var host: [HostID] = []
        @Field("Look once and end.") var once = false
        @Field("This file instead of the usual one, for one host.", placeholder: "FILE") var file: String?
        @Field("What is done about a file that broke.") var repair = Repair.offer
        @Field("End after so many minutes; 0 for never.", placeholder: "N") var minutes = 0
        package init() {}
    }

    /// What happened to one host's files.
    package struct Event: Codable, Sendable, Equatable {
        package let time: Timestamp
        package let host: String
        /// `stored`, `damaged`, `repaired` or `failed`.
        package let kind: String
        /// What it was, as a sentence without a full stop.
        package let text: String
        /// The backup that was made, or that was put back.
        package let backup: String?
    }

    package struct Output: Codable, Sendable, Displayable {
        /// The newest ones.
        package let events: [Event]
        /// How many more there were before.
        package let earlier: Int
        /// Hosts that were broken at the last look.
        package let broken: [String]
        /// The commands that put them back, of those that a sound backup has.
        package let offers: [String]

        package var isComplete: Bool { broken.isEmpty }

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: ["HOST", "EVENT", Column("BACKUP", isWhole: true), "WHAT"],
                    rows: events.map { event in
                        [
                            Cell(event.host), Cell(event.kind, Self.tone(event.kind)),
                            Cell(event.backup ?? "–"), Cell(event.text),
                        ]
                    }, empty: "Nothing changed."),
                .lines(
                    offers.map { Cell("Put it back: \($0)", .warning) }),
            ]
        }

        private static func tone(_ kind: String) -> Tone {
            ["stored", "repaired"].contains(kind) ? .good : .bad
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("watch"),
        summary: "Keep what changes in assistants' configuration, and tell what broke",
        discussion: """
            Sleeps until a folder with such a file changes and the change has settled; then keeps what changed, as a backup. A \
            file that is empty, cannot be understood, is gone, or lost all servers that its newest sound backup has, is told, with \
            the command that puts it back; --repair does so by itself, three times for each program, so that it never \
            quarrels with one. With --once it looks once, for a timer. It ends on a signal, after what it is doing. As a job it \
            outlives the terminal, and ends with ‘holdfast job cancel’.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .ioFailed, .vaultLocked, .diskFull, .vaultCorrupt, .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example("holdfast host-config watch", "until Ctrl-C"),
            Contract.Example("holdfast host-config watch --once --repair broken", "from a timer"),
        ], audit: .wanted, isLong: true, reach: .everything,
        guidance: Guidance(
            "watch_host_configs", title: "Watch programs' configuration", in: .hostConfigs,
            purpose:
                "Keeps each change of assistants' configuration in the vault, and tells which files broke.",
            behaviour:
                "Runs until ‘minutes’ (1 to 1440) are over or cancel_job ends it; ‘once’ looks once. Puts nothing back: that is for a person.",
            use:
                "Use it before work that may spoil these files; for their present state alone use list_hosts.",
            returns:
                "Returns, at its end, what was stored and what broke, and which programs are broken still.",
            withheld: ["file", "repair"], isIdempotent: false, next: [.init("list_hosts")]))

    /// The longest time to watch, in minutes.
    private static let longest = 527_040

    package init() {}

    /// Refuses before there is a job what the job would refuse.
    package func prepare(_ input: Input, in context: OperationContext) async throws(OperationError) {
        try check(input, context.caller)
    }

    private func check(_ input: Input, _ caller: Caller) throws(OperationError) {
        guard input.file == nil || input.host.count == 1 else {
            throw OperationError(
                .argumentInvalid, "--file goes with one host", hint: "Name the host it belongs to.")
        }
        guard (0...Self.longest).contains(input.minutes), input.minutes == 0 || !input.once else {
            throw OperationError(
                .argumentInvalid,
                input.once
                    ? "--once and --minutes exclude each other" : "--minutes takes 0 to \(Self.longest)")
        }
        // What never ends takes a place that others may need.
        guard caller.surface == "cli" || input.once || (1...Self.longestOfPrograms).contains(input.minutes)
        else {
            throw OperationError(
                .argumentInvalid,
                "A program watches once, or for --minutes 1 to \(Self.longestOfPrograms)",
                hint: "Give --once or --minutes.")
        }
    }

    /// The longest time that programs may watch, in minutes: a day.
    private static let longestOfPrograms = 1440

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        try check(input, context.caller)
        let place = HostPlace.here
        var watch = HostWatch(
            hosts: input.host.isEmpty ? allHosts : input.host.map(\.host),
            file: input.file.map(place.absolute), place: place, repair: input.repair, context: context)
        if input.once {
            try await watch.look()
        } else {
            try await watch.run(for: input.minutes == 0 ? nil : .seconds(60 * input.minutes))
        }
        return Output(
            events: watch.events, earlier: watch.earlier, broken: watch.broken.sorted(),
            offers: watch.offers.values.sorted())
    }
}
