package import Basics
package import Vault

/// A backup as a list shows it.
package struct BackupView: Codable, Sendable {
    package let id: String
    package let device: String
    package let name: String
    /// `ok`, `partial` or `failed`.
    package let status: String
    /// When it was begun.
    package let started: Timestamp
    package let finished: Timestamp
    package let files: Int
    package let bytes: ByteCount
    package let newBytes: ByteCount
    /// How many sections have which status.
    package let sections: [String: Int]
    /// What was asked for, for example `all`, `only identity, users` or `all +data`; nil when that was not noted.
    package let scope: String?
    /// True as well where the pin is there and cannot be read.
    package let isPinned: Bool
    /// Note of the pin; nil when there is none.
    package let pinNote: String?
    /// When it was last read back and compared; nil when never.
    package let verified: Timestamp?
    /// `full`, or `sample N%`; nil when never verified.
    package let verifiedExtent: String?
    /// What the last verification found; nil when never verified.
    package let isVerifiedGood: Bool?
    /// What the last drill proved, and how long ago.
    package let proven: DrillProof

    /// - Parameter proven: what the marks say of drills, at the time of the call.
    package init(_ summary: BackupSummary, marks: Marks?, proven: DrillProof) {
        id = summary.id.text
        device = summary.device.name
        name = summary.name
        status = summary.status.rawValue
        started = summary.started
        finished = summary.finished
        files = summary.entries
        bytes = ByteCount(summary.bytes)
        newBytes = ByteCount(summary.stats.newBytes)
        sections = Dictionary(summary.sections.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
        scope = summary.scope?.words
        isPinned = marks?.isPinned ?? false
        pinNote = marks?.pin?.note
        verified = marks?.evidence?.when
        verifiedExtent = marks?.evidence.map { evidence in
            switch evidence.extent {
            case .full: "full"
            case .sample(let percent): "sample \(percent)%"
            }
        }
        isVerifiedGood = marks?.evidence?.isGood
        self.proven = proven
    }

    /// How the last proof reads: `full 2026-11-21`, `failed …`, `never`.
    var proof: Cell {
        guard let verified, let verifiedExtent else { return Cell("never", .dim) }
        let day = verified.description.prefix(10)
        return isVerifiedGood == true ? Cell("\(verifiedExtent) \(day)", .good) : Cell("FAILED \(day)", .bad)
    }
}

extension OperationContext {
    /// The manifest of the backup that `text` means.
    func manifest(_ text: String) async throws(OperationError) -> (vault: Vault, manifest: Manifest) {
        let vault = try await services.vault()
        do {
            let choice = try await vault.choose(text)
            let manifest = try await vault.manifest(choice.id)
            guard caller.scope.contains(named: manifest.summary.device.name) else { throw outOfScope(text) }
            warn(of: choice, for: text)
            return (vault, manifest)
        } catch {
            let error = OperationError(any: error)
            // What backups others have must not be told by how a search for one fails.
            guard caller.scope != .all, error.code.category != .unavailable, error.code != .vaultCorrupt
            else {
                throw error
            }
            throw outOfScope(text)
        }
    }

    /// The id of the backup that `text` means, for callers who may use every device; its manifest may be damaged.
    func backupID(_ text: String) async throws -> BackupID {
        let choice = try await services.vault().choose(text)
        warn(of: choice, for: text)
        return choice.id
    }

    /// Tells what a word such as `latest` passed over, as far as the caller may know of it.
    private func warn(of choice: BackupChoice, for text: String) {
        let seen = choice.candidates.filter { caller.scope.contains(named: $0.device.name) }
        let words = LatestWords(
            text: TerminalText.escape(text), id: choice.id, candidates: seen,
            unreadable: caller.scope == .all ? choice.unreadable : [], now: clock.now())
        for sentence in words.sentences { warnings.add(sentence) }
    }

    private func outOfScope(_ text: String) -> OperationError {
        OperationError(
            .backupUnknown,
            "There is no backup ‘\(TerminalText.escape(text))’ of a device that this caller may use",
            hint: "Name the device as well: latest:DEVICE")
    }
}
