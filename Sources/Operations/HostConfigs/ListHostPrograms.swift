package import Basics
import ConfigText
import HostConfig
import RemoteExecution
import Vault

/// Tells which assistants' programs are here, what is in their configuration, and how old its newest backup is.
package struct ListHostPrograms: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Also programs that seem not to be here.") var all = false
        @Field("On this device instead of this machine, as its account for logging in has them.") var device:
            DeviceName?
        package init() {}
    }

    /// One file of one program.
    package struct Row: Codable, Sendable {
        package let host: String
        package let title: String
        package let format: String
        /// Nil where the program seems not to be here.
        package let file: String?
        /// `ok`, `no-servers`, `empty`, `invalid`, `unreadable` or `missing`.
        package let state: String
        /// Why it is invalid or unreadable.
        package let reason: String
        /// What it lost since the newest backup that has it sound, as a phrase; empty where nothing is missed.
        package let damage: String
        /// What the program may refuse although it is understood here, as a phrase.
        package let remark: String
        package let servers: [String]
        /// Whether other accounts may read the file, which often holds tokens.
        package let isOpenToOthers: Bool
        /// The newest backup that has it sound, and when it was made.
        package let backup: String?
        package let backedUp: Timestamp?
        /// Whether some backup has it, sound or not.
        package let isKept: Bool
        /// Whether it was accepted as gone, so that no backup from before counts.
        package let wasLetGo: Bool
    }

    package struct Output: Codable, Sendable, Displayable {
        package let hosts: [Row]
        /// The device that they are on; nil for this machine.
        package let device: String?
        /// Backups that cannot be read, or not all of them, and what to do about it.
        package let unread: [String]
        /// The commands that put back what is broken, of what a sound backup has.
        package let offers: [String]
        package let now: Timestamp

        package var display: [DisplayBlock] {
            let rows = hosts.map { row in
                [
                    Cell(row.host), Cell(row.file ?? "–", row.file == nil ? .dim : .plain),
                    row.damage.isEmpty ? Cell(row.state, Self.tone(row.state)) : Cell("damaged", .bad),
                    Cell(row.file == nil ? "" : String(row.servers.count)),
                    row.backedUp.map { Cell("\(DrillProof.age(max(0, now.seconds - $0.seconds))) ago") }
                        ?? Cell(
                            row.wasLetGo ? "accepted as gone" : row.isKept ? "no sound one" : "never", .dim),
                ]
            }
            var notes = hosts.filter { !$0.reason.isEmpty }.map { row in
                Cell(
                    [row.title, row.file].compactMap(\.self).joined(separator: ", ") + ": \(row.reason)", .bad
                )
            }
            notes += hosts.filter { !$0.damage.isEmpty }.map { Cell("\($0.title): \($0.damage)", .bad) }
            notes += hosts.filter { !$0.remark.isEmpty }.map { Cell($0.remark, .warning) }
            notes += hosts.filter(\.isOpenToOthers).map {
                Cell("\($0.file ?? "") can be read by other accounts; it may hold tokens.", .warning)
            }
            notes += unread.map { Cell($0, .warning) }
            notes += offers.map { Cell("Put it back: \($0)", .warning) }
            return [
                .table(
                    columns: ["HOST", "FILE", "STATE", Column("SERVERS", isNumeric: true), "BACKUP"],
                    rows: rows,
                    empty: "No program that is known seems to be here; --all shows which are known."),
                .lines(notes),
            ]
        }

        private static func tone(_ state: String) -> Tone {
            switch HostSituation.State(rawValue: state) {
            case .ok: .good
            case .noServers, .missing: .dim
            case .empty, .invalid, .unreadable, nil: .bad
            }
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("hosts"),
        summary: "Show assistants' programs, their files, and the age of the newest backup",
        effect: .reads,
        errors: [
            .deviceUnknown, .deviceUnreachable, .authenticationFailed, .hostKeyChanged, .timedOut,
            .collectionFailed,
            .notInitialised, .keyInvalid, .vaultCorrupt,
        ],
        examples: [
            Contract.Example("holdfast host-config hosts", "what is here"),
            Contract.Example("holdfast host-config hosts --all", "what is known"),
            Contract.Example("holdfast host-config hosts --device web1", "what is on another machine"),
        ], reach: .everything,
        guidance: Guidance(
            "list_hosts", title: "List assistants' programs", in: .hostConfigs,
            purpose:
                "Lists the assistants' programs on this machine, or on a device, with their configuration files and newest backups.",
            behaviour: "Reads the files and the vault; changes nothing. Takes a moment.",
            use:
                "Use it to find a wiped or unreadable configuration; for one program's servers use show_host_config; for its backups use list_host_configs.",
            returns:
                "Returns a row for each file, with its state, what it lost, its servers' names and the newest backup; ‘offers’ has what a person runs to put back what is broken.",
            essentials: ["host", "file", "state", "damage", "servers", "backup", "backed_up"],
            reachesDevices: true,
            next: [.init("show_host_config", ["host": "hosts.0.host"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        let kept: Set<String>
        do { kept = try await vault.backedUpNames() } catch { throw OperationError(error) }
        let place = HostPlace.here
        let there = try await DeviceHosts.read(input.device.other, allHosts, context)
        var rows: [Row] = []
        var offers: [String] = []
        var unread: [String]
        do { unread = try await HostSeries.damage(in: vault) } catch { throw OperationError(error) }
        for host in allHosts {
            let series = HostSeries(host, on: input.device.other)
            let isKept = kept.contains(series.name)
            let files =
                there?.situations(of: host) ?? place.present(of: host).map { HostSituation(of: host, at: $0) }
            let look = isKept ? try await series.look(in: vault) : nil
            unread += (look?.remarks ?? []).map { "\(host.title): \($0)" }
            let all = look?.holdings ?? []
            let holdings = there == nil ? all.merged(of: host, at: place) : all
            let damage = HostDamage.find(host, files, holdings, at: there == nil ? place : nil)
            if let offer = damage?.findings.offer(host, of: holdings.count) {
                // A plan of a device's is about the whole backup.
                let option = there.map { " --device \($0.device)" }
                offers.append(option.map { "holdfast host-config restore \(host.id)\($0)" } ?? offer)
            }
            // Those of projects, and files that are gone, where something is wrong with them.
            let others = (damage?.findings ?? []).filter { finding in
                !files.contains { $0.path == finding.place }
            }
            .map {
                $0.state == .missing
                    ? HostSituation(missing: $0.place) : HostSituation(of: host, at: $0.place)
            }
            for file in files + others {
                let isPlaceKept = look.map { file.places.contains(where: $0.has) } ?? false
                let wasLetGo = look.map { file.places.contains(where: $0.released.contains) } ?? false
                rows.append(
                    Row(host, file, holdings, damage, isKept: isPlaceKept || wasLetGo, wasLetGo: wasLetGo))
            }
            if files.isEmpty, others.isEmpty, input.all || isKept {
                rows.append(
                    Row(
                        host, nil, holdings, isKept: isKept,
                        wasLetGo: holdings.isEmpty && look?.released.isEmpty == false))
            }
        }
        return Output(
            hosts: rows, device: input.device.other?.description, unread: unread, offers: offers,
            now: context.clock.now())
    }
}

extension ListHostPrograms.Row {
    init(
        _ host: AssistantHost, _ situation: HostSituation?, _ holdings: [HostHolding],
        _ damage: HostDamage? = nil, isKept: Bool, wasLetGo: Bool
    ) {
        let lost = damage?.findings.first { finding in
            finding.place == situation?.path && finding.holding != nil
                && [.ok, .noServers, .missing].contains(finding.state)
        }
        // How old a copy of another file, or of something broken, is says nothing.
        let held = situation.map { situation in holdings.filter { situation.isOf($0) } } ?? holdings
        let backup = held.newest
        self.init(
            host: host.id, title: host.title, format: host.format.rawValue, file: situation?.path,
            state: (situation?.state ?? .missing).rawValue, reason: situation?.reason ?? "",
            damage: lost?.text ?? "", remark: situation?.strangeness ?? "",
            servers: situation?.servers.keys.sorted() ?? [],
            isOpenToOthers: situation?.isOpenToOthers ?? false,
            backup: backup?.id.text, backedUp: backup?.started, isKept: isKept || backup != nil,
            wasLetGo: wasLetGo)
    }
}
