package import Basics

/// How many backups of each device stay; a backup stays when any rule wants it.
///
/// A period keeps its newest backup; periods are those of UTC, weeks begin on Monday.
package struct RetentionPolicy: Sendable, Equatable {
    package var last: Int
    package var hourly: Int
    package var daily: Int
    package var weekly: Int
    package var monthly: Int
    package var yearly: Int

    package init(
        last: Int = 0, hourly: Int = 0, daily: Int = 0, weekly: Int = 0, monthly: Int = 0, yearly: Int = 0
    ) {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.yearly = yearly
    }

    /// Whether no rule keeps anything: such a policy is refused rather than carried out.
    package var isEmpty: Bool { [last, hourly, daily, weekly, monthly, yearly].allSatisfy { $0 <= 0 } }
}

/// What retention needs to know of a backup.
package struct RetentionFacts: Sendable, Equatable {
    package var id: BackupID
    package var device: String
    package var started: Timestamp
    package var status: BackupSummary.Status
    package var marks: Marks
    /// What was asked for: names of the sections.
    ///
    /// A backup of one section never pushes out one of all of them.
    package var scope: String
    /// Whether its details cannot be read: it stays, and counts for nothing.
    package var isDamaged: Bool

    package init(
        id: BackupID, device: String, started: Timestamp, status: BackupSummary.Status, marks: Marks,
        scope: String = "", isDamaged: Bool = false
    ) {
        self.id = id
        self.device = device
        self.started = started
        self.status = status
        self.marks = marks
        self.scope = scope
        self.isDamaged = isDamaged
    }
}

/// What retention says about one backup, and why.
package struct RetentionDecision: Sendable, Equatable {
    package var backup: BackupID
    package var device: String
    package var started: Timestamp
    /// Whether it stays.
    package var keeps: Bool
    /// Why, each as a few words: `daily 2026-11-20`, `pinned`, `no rule keeps it`.
    package var reasons: [String]

    package init(backup: BackupID, device: String, started: Timestamp, keeps: Bool, reasons: [String]) {
        self.backup = backup
        self.device = device
        self.started = started
        self.keeps = keeps
        self.reasons = reasons
    }
}
