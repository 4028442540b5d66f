package import Basics

extension RetentionPolicy {
    /// How far a clock may be ahead before its backups count as dated in the future.
    private static let tolerance: Duration = .seconds(300)

    /// Decides about every backup; the result is in the order of `facts`.
    ///
    /// Backups of one device that were asked for different sections are kept by the rules each for themselves.
    ///
    /// Whatever the rules say, these stay: pinned ones, the newest of a device, its newest whole one, its newest verified one (and its newest
    /// fully verified one), its newest one that a drill proved, and those dated in the future or damaged, which count for
    /// nothing else. A failed backup fills no rule's place; partial ones are counted apart from whole ones.
    /// - Parameters:
    ///   - released: safety copies that are no longer needed: their pins do not count, no rule keeps them, and they
    ///     take no other backup's place; only what proves something stays.
    ///   - spared: why the backups of a device are not for these rules and stay; nil for those that are.
    package func decide(
        _ facts: [RetentionFacts], released: Set<BackupID> = [], now: Timestamp,
        sparing spared: (String) -> String? = { _ in nil }
    ) -> [RetentionDecision] {
        var reasons: [BackupID: [String]] = [:]
        for fact in facts { spared(fact.device).map { reasons[fact.id] = [$0] } }
        let ruled = facts.filter { reasons[$0.id] == nil }
        for backups in Dictionary(grouping: ruled, by: { [$0.device, $0.scope] }).values {
            let newestFirst = backups.sorted { ($0.started, $0.id) > ($1.started, $1.id) }
            for (id, reason) in protections(newestFirst, released, now: now) {
                reasons[id, default: []].append(reason)
            }
            let counting = newestFirst.filter {
                !Self.isFuture($0, now) && $0.status != .failed && !$0.isDamaged && !released.contains($0.id)
            }
            // One that lacks something never takes the place of one that lacks nothing.
            for kind in [counting.filter { $0.status == .ok }, counting.filter { $0.status != .ok }] {
                for (id, reason) in rules(kind) { reasons[id, default: []].append(reason) }
            }
        }
        return facts.map { fact in
            let found = reasons[fact.id] ?? []
            let why =
                released.contains(fact.id)
                ? "safety copy of a run that was decided long ago"
                : fact.status == .failed ? "it failed and a later one did not" : "no rule keeps it"
            return RetentionDecision(
                backup: fact.id, device: fact.device, started: fact.started, keeps: !found.isEmpty,
                reasons: found.isEmpty ? [why] : found)
        }
    }

    private static func isFuture(_ fact: RetentionFacts, _ now: Timestamp) -> Bool {
        fact.started > now + tolerance
    }

    /// What stays whatever the rules say.
    ///
    /// - Parameter backups: of one device, newest first.
    private func protections(
        _ backups: [RetentionFacts], _ released: Set<BackupID>, now: Timestamp
    ) -> [(BackupID, String)] {
        let present = backups.filter { !Self.isFuture($0, now) && !$0.isDamaged }
        let newestGood = present.first { $0.status != .failed && !released.contains($0.id) }
        let verified = present.filter { $0.marks.evidence?.isGood == true }
        var result = backups.filter { $0.marks.isPinned && !released.contains($0.id) }.map {
            ($0.id, "pinned")
        }
        result += backups.filter { Self.isFuture($0, now) }.map { ($0.id, "dated in the future") }
        result += backups.filter(\.isDamaged).map { ($0.id, "its manifest is damaged") }
        if let newestGood { result.append((newestGood.id, "newest of the device")) }
        if let whole = present.first(where: { $0.status == .ok && !released.contains($0.id) }),
            whole.id != newestGood?.id
        {
            result.append((whole.id, "newest whole one of the device"))
        }
        if let newest = verified.first { result.append((newest.id, "newest verified one of the device")) }
        if let full = verified.first(where: { $0.marks.evidence?.extent == .full }),
            full.id != verified.first?.id
        {
            result.append((full.id, "newest fully verified one of the device"))
        }
        if let proven = present.first(where: { $0.marks.drill?.isProof == true }) {
            result.append((proven.id, "newest proven one of the device"))
        }
        let later = present.prefix { $0.id != newestGood?.id }.filter { !released.contains($0.id) }
        result += later.map { ($0.id, "failed, and no later one succeeded") }
        return result
    }

    /// What the rules keep.
    ///
    /// - Parameter backups: of one device, newest first, without failed and future ones.
    private func rules(_ backups: [RetentionFacts]) -> [(BackupID, String)] {
        var result = backups.prefix(max(0, last)).enumerated().map { ($1.id, "last \($0 + 1)") }
        let periods: [(name: String, count: Int, key: (Timestamp) -> String)] = [
            ("hourly", hourly, { String($0.description.prefix(13)) }),
            ("daily", daily, { String($0.description.prefix(10)) }),
            ("weekly", weekly, Self.week),
            ("monthly", monthly, { String($0.description.prefix(7)) }),
            ("yearly", yearly, { String($0.description.prefix(4)) }),
        ]
        for period in periods where period.count > 0 {
            var seen: Set<String> = []
            for backup in backups where seen.count < period.count {
                let key = period.key(backup.started)
                if seen.insert(key).inserted { result.append((backup.id, "\(period.name) \(key)")) }
            }
        }
        return result
    }

    /// The Monday a week begins with.
    private static func week(_ time: Timestamp) -> String {
        let day: Int64 = 86_400
        let days = time.seconds >= 0 ? time.seconds / day : (time.seconds - day + 1) / day
        // 1970-01-01 was a Thursday.
        let weekday = ((days + 3) % 7 + 7) % 7
        return String(Timestamp(seconds: (days - weekday) * day).description.prefix(10))
    }
}
