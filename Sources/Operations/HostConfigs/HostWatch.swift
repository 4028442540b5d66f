import Basics
import HostConfig
import Vault

/// Looks at hosts' files whenever their folders change: keeps what changed, tells what broke, and repairs it by policy.
struct HostWatch {
    typealias Event = WatchHostConfigs.Event

    /// How long no folder changes before a change counts as settled, and how long that is waited for at most, in
    /// milliseconds.
    private static let (quiet, patience): (Int32, Int32) = (1000, 20_000)
    /// How many events are kept for the result.
    private static let eventLimit = 500
    /// How long until what could not be kept is tried again.
    private static let retry = Duration.seconds(60)
    /// How often one host's files are put back in a run.
    private static let repairLimit = 3

    let hosts: [AssistantHost]
    /// The file that is meant instead of the usual ones.
    let file: String?
    let place: HostPlace
    let repair: WatchHostConfigs.Repair
    let context: OperationContext

    private(set) var events: [Event] = []
    private(set) var earlier = 0
    /// Hosts that were broken at the last look.
    private(set) var broken: Set<String> = []
    /// The commands that put them back, by host.
    private(set) var offers: [String: String] = [:]
    /// How the files were at the last look.
    private var known: [String: [Sight]] = [:]
    private var repairs: [String: Int] = [:]
    /// What cannot be watched or followed, at the last look.
    private var hindrances: Set<String> = []
    /// What of the vault could not be read and was told.
    private var unread: Set<String> = []

    /// What tells whether a file has to be looked at again.
    private struct Sight: Equatable {
        let path: String
        let end: String
        let state: HostSituation.State
        let modified: Int64?
        let mode: UInt32?
        let bytes: [UInt8]?

        init(_ situation: HostSituation) {
            path = situation.path
            end = situation.end
            state = situation.state
            modified = situation.snapshot?.modified
            mode = situation.snapshot?.mode
            bytes = situation.snapshot?.bytes
        }
    }

    init(
        hosts: [AssistantHost], file: String?, place: HostPlace, repair: WatchHostConfigs.Repair,
        context: OperationContext
    ) {
        self.hosts = hosts
        self.file = file
        self.place = place
        self.repair = repair
        self.context = context
    }

    /// Watches until the time is over or the task is cancelled, which is no error.
    mutating func run(for limit: Duration?) async throws(OperationError) {
        let end = limit.map { ContinuousClock.now + $0 }
        while !Task.isCancelled, end.map({ ContinuousClock.now < $0 }) ?? true {
            let watch: FolderWatch
            let (folders, failures) = folders()
            // Made before the look, so that no change falls in between.
            do { watch = try FolderWatch(folders) } catch {
                throw OperationError(.ioFailed, "Folders cannot be watched: \(error)")
            }
            var wait = end.map { ContinuousClock.now.duration(to: $0) }
            hinder(
                failures.map { "where \($0.subject) leads cannot be told: \($0.reason)" }
                    + watch.refused.map { "the folder \($0.subject) cannot be watched: \($0.reason)" })
            // Whose changes are not told is looked at again and again.
            if !hindrances.isEmpty { wait = min(wait ?? Self.retry, Self.retry) }
            do throws(OperationError) { try await look() } catch {
                guard error.code != .cancelled else { return }
                // What could not be kept is tried again.
                tell(nil, "failed", error.message, nil)
                wait = min(wait ?? Self.retry, Self.retry)
            }
            try await waits(watch, for: wait)
        }
    }

    /// Waits for a change that has settled, for the end of the time, or until the task is cancelled.
    private func waits(_ watch: FolderWatch, for time: Duration?) async throws(OperationError) {
        let timeout = time.map { Int32(clamping: max(0, $0.components.seconds) * 1000 + 1) } ?? -1
        let failure: SystemError? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(SystemError) {
                    try BackgroundThread.start {
                        do throws(SystemError) {
                            try watch.settles(within: timeout, quiet: Self.quiet, longest: Self.patience)
                            continuation.resume(returning: nil)
                        } catch { continuation.resume(returning: error) }
                    }
                } catch { continuation.resume(returning: error) }
            }
        } onCancel: {
            watch.stop()
        }
        if let failure { throw OperationError(.ioFailed, "Folders cannot be watched: \(failure)") }
    }

    /// The folders in which a change could matter: those of the files, or the nearest above that is there.
    ///
    /// - Returns: the folders, and links that lead to others and cannot be followed.
    private func folders() -> (folders: [String], failures: [SystemError]) {
        var folders: Set<String> = []
        var failures: [SystemError] = []
        let paths =
            file.map { [$0] }
            ?? hosts.flatMap { host in
                place.present(of: host)
                    + host.places(on: place.system, place.environment).map(\.beforePattern)
            }
        for path in paths {
            // What cannot be looked at cannot be watched, either; the look tells of it.
            folders.insert(Folder.nearest(above: path))
            do throws(SystemError) {
                if let real = try Folder.realPathIfPresent(path) {
                    folders.insert(AtomicFile.folder(of: real))
                }
            } catch { failures.append(error) }
        }
        return (folders.sorted(), failures)
    }

    /// Tells what keeps changes from being noticed, once for as long as it lasts.
    mutating func hinder(_ reasons: [String]) {
        for reason in reasons where !hindrances.contains(reason) { tell(nil, "failed", reason, nil) }
        hindrances = Set(reasons)
    }

    // MARK: Looking

    /// Looks at all files once.
    mutating func look() async throws(OperationError) {
        var changed: [(host: AssistantHost, situations: [HostSituation], sights: [Sight])] = []
        for host in hosts {
            let files = file.map { [$0] } ?? place.present(of: host)
            let situations = files.map { HostSituation(of: host, at: $0) }
            let sights = situations.map(Sight.init)
            if known[host.id] != sights { changed.append((host, situations, sights)) }
        }
        guard !changed.isEmpty else { return }
        let vault = try await context.services.vault()
        var holdings: [String: [HostHolding]] = [:]
        var isUnknown: Set<String> = []
        var unreadable: [String: [BackupID]] = [:]
        for (host, situations, _) in changed {
            let look = try await HostSeries(host).look(in: vault)
            unreadable[host.id] = look.unread.map(\.backup)
            for text in look.remarks where unread.insert(text).inserted { tell(host, "failed", text, nil) }
            let all = look.holdings
            do {
                if try await HostSeries(host).newest(in: vault) == nil { isUnknown.insert(host.id) }
            } catch { throw OperationError(error) }
            // With a file named, that one is looked at and no other.
            holdings[host.id] =
                file == nil
                ? all.merged(of: host, at: .here)
                : all.filter { holding in situations.contains { $0.isOf(holding) } }
        }
        try await keep(changed.filter { $0.sights.contains { $0.state != .missing } }, holdings)
        var found: [String: HostDamage] = [:]
        for (host, situations, _) in changed {
            found[host.id] = HostDamage.find(host, situations, holdings[host.id] ?? [], at: place)
        }
        if found.values.contains(where: \.mayBeMeant) {
            let damaged = try await damagedBackups(vault)
            for (host, _, _) in changed { unreadable[host.id, default: []] += damaged }
        }
        for (host, situations, sights) in changed {
            if let file, situations.allSatisfy({ $0.state == .missing }), isUnknown.contains(host.id) {
                tell(host, "failed", "there is no \(file)", nil)
                broken.insert(host.id)
                known[host.id] = sights
                continue
            }
            await judge(
                host, found[host.id], of: holdings[host.id]?.count ?? 0, behind: unreadable[host.id] ?? [])
            known[host.id] = sights
        }
    }

    /// Backups of which nobody can say whose they are, or what was accepted with them; each is told once.
    private mutating func damagedBackups(_ vault: Vault) async throws(OperationError) -> [BackupID] {
        let all: [(id: BackupID, error: VaultError)]
        do { all = try await vault.damagedBackups() } catch { throw OperationError(error) }
        for (_, error) in all where unread.insert(error.description).inserted {
            tell(nil, "failed", error.description, nil)
        }
        return all.map(\.id)
    }

    /// Keeps what is there.
    private mutating func keep(
        _ changed: [(host: AssistantHost, situations: [HostSituation], sights: [Sight])],
        _ holdings: [String: [HostHolding]]
    ) async throws(OperationError) {
        guard !changed.isEmpty else { return }
        var arguments: [String: JSONValue] = [
            "host": .array(changed.map { .string($0.host.id) }), "name": "watch",
        ]
        if let file { arguments["file"] = .string(file) }
        let output = try await AnyOperation(BackupHostConfig.self).call(arguments, in: context).json
        for ((host, situations, _), row) in zip(changed, output["hosts"]?.array ?? []) {
            let notes =
                HostDamage.lostLinks(situations, holdings[host.id] ?? [])
                + situations.filter(\.isOpenToOthers).map { "\($0.path) can be read by other accounts" }
            switch row["outcome"]?.string {
            case "stored":
                let text = (["a change was kept"] + notes).joined(separator: "; ")
                tell(host, "stored", text, row["backup"]?.string)
            case "failed":
                let remarks = row["remarks"]?.array?.compactMap(\.string) ?? []
                tell(host, "failed", remarks.joined(separator: "; "), nil)
            default: break
            }
        }
    }

    /// Tells what is wrong with a host's files, and repairs it where that is wanted.
    /// - Parameter unreadable: backups that may say more.
    private mutating func judge(
        _ host: AssistantHost, _ damage: HostDamage?, of count: Int, behind unreadable: [BackupID]
    ) async {
        offers[host.id] = nil
        guard let damage else {
            broken.remove(host.id)
            return
        }
        broken.insert(host.id)
        tell(host, "damaged", damage.text, damage.backup)
        offers[host.id] = damage.findings.offer(host, of: count)
        let meant = damage.findings.filter {
            // What nobody could judge may be broken itself.
            $0.holding?.file.text.isUnjudged == false && !$0.isDoubtful && (repair == .all || $0.isBroken)
        }
        spare(host, meant, behind: unreadable)
        let places = meant.filter { $0.doubt(of: unreadable) == nil }.map(\.place)
        guard repair != .offer, !places.isEmpty else { return }
        guard repairs[host.id, default: 0] < Self.repairLimit else {
            tell(
                host, "failed",
                "it is left as it is: it was put back \(Self.repairLimit) times, and something changes it again and again",
                damage.backup)
            return
        }
        repairs[host.id, default: 0] += 1
        var done = Set<String>()
        if let error = await putBack(host, places) {
            var failures = [error.message]
            if places.count > 1 {
                // What is in the way of one keeps no other from coming back.
                failures = []
                for place in places {
                    if let error = await putBack(host, [place]) {
                        if !failures.contains(error.message) { failures.append(error.message) }
                    } else {
                        done.insert(place)
                    }
                }
            }
            if !failures.isEmpty {
                tell(
                    host, "failed", "it could not be put back: \(failures.joined(separator: "; "))",
                    damage.backup)
            }
        } else {
            done = Set(places)
        }
        let rest = damage.findings.filter { !done.contains($0.place) }
        offers[host.id] = rest.offer(host, of: count)
        if rest.isEmpty { broken.remove(host.id) }
    }

    /// Tells what is not put back unasked, as a backup that cannot be read may say that it is meant to be so.
    private mutating func spare(
        _ host: AssistantHost, _ findings: [HostDamage.Finding], behind unreadable: [BackupID]
    ) {
        guard repair == .all else { return }
        for finding in findings {
            guard let doubt = finding.doubt(of: unreadable) else { continue }
            let file = finding.place.shellWord
            tell(
                host, "failed",
                "\(finding.place) was not put back: backup \(doubt) cannot be read, and may say that it is meant to be so; to have it back run ‘holdfast host-config restore \(host.id) --file \(file)’, to leave it so ‘holdfast host-config backup \(host.id) --file \(file) --accept’",
                finding.holding?.backup.id.text)
        }
    }

    /// Puts files back and tells of it; why not, where that fails.
    private mutating func putBack(_ host: AssistantHost, _ places: [String]) async -> OperationError? {
        let output: JSONValue
        do throws(OperationError) {
            output = try await AnyOperation(RestoreHostConfig.self).call(
                ["host": .string(host.id), "file": .array(places.map { .string($0) })], in: context
            ).json
        } catch { return error }
        let copy = output["safetyCopy"]?.string.map { "; what was there is in \($0)" } ?? ""
        let remarks = (output["remarks"]?.array ?? []).compactMap(\.string).map { "; \($0)" }.joined()
        tell(
            host, "repaired", "put back as the backup has it\(copy)\(remarks)", output["backup"]?.string)
        return nil
    }

    private mutating func tell(_ host: AssistantHost?, _ kind: String, _ text: String, _ backup: String?) {
        let event = Event(
            time: context.clock.now(), host: host?.id ?? "", kind: kind, text: text, backup: backup)
        events.append(event)
        if events.count > Self.eventLimit {
            events.removeFirst()
            earlier += 1
        }
        context.progress.report(
            ProgressUpdate(
                phase: "watching", done: Int64(events.count + earlier), unit: "events",
                event: "\(host?.id ?? "watch"): \(kind)\(backup.map { " (\($0))" } ?? ""): \(text)"))
    }
}
