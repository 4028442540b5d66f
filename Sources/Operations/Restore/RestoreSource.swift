import Basics
import Codecs
import Restore
import Vault

/// What a plan takes from its backup: files as they would be on its machine, and lines of accounts.
struct RestoreSource: Sendable {
    let scope: RestoreScope
    /// The backup's files; of a plan with maps only those in scope.
    let backup: MappedBackup
    private let plan: RestorePlan
    private let maps: RestoreMaps
    private let all: [FileEntry]

    /// - Throws: `planAltered` when its maps cannot be read; what the vault says.
    init(
        _ plan: RestorePlan, _ id: String, _ manifest: Manifest, _ vault: Vault
    ) async throws(OperationError) {
        guard let maps = RestoreMaps(stored: plan.maps) else {
            throw OperationError(.planAltered, "Plan \(id) names maps that are none")
        }
        var scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: plan.sections, paths: plan.paths,
            excluding: plan.excludes, isInPlace: true
        ).at(plan.place, isOther: plan.isForOther)
        scope.readsEngine = plan.containers != nil
        scope.places = plan.containers?.places ?? []
        for step in plan.steps where step.action == .removeInstance {
            scope.exports["\(step.section)-data", default: []].insert(step.name)
        }
        let standalone = scope.standalone
        do {
            let entries = try await vault.entries(of: manifest)
            all = standalone.isEmpty ? entries : entries.map { standalone[$0.path] ?? $0 }
        } catch { throw OperationError(error) }
        if !maps.isEmpty { scope.add(all, at: scope.places) }
        backup = try await MappedBackup(
            maps.isEmpty ? all : scope.wanted, maps: maps, owners: plan.owners, vault: vault)
        self.scope = scope.mapped(maps, backup).reading(plan.steps.filter(\.isFile).map(\.subject))
        self.plan = plan
        self.maps = maps
    }

    /// What the plan writes into the files of accounts.
    func accounts(_ vault: Vault) async throws(OperationError) -> AccountEdit {
        guard plan.steps.contains(where: { $0.action == .user || $0.action == .group }) else {
            return AccountEdit()
        }
        var texts: [String: String] = [:]
        for name in AccountEdit.files {
            let path = Array("/etc/\(name)".utf8)
            guard let entry = all.first(where: { $0.path == path && $0.kind == .file }) else { continue }
            do {
                let bytes = try await vault.bytes(of: entry.content, limit: 16 << 20)
                texts[name] = String(decoding: bytes, as: UTF8.self)
            } catch { throw OperationError(error) }
        }
        return AccountEdit(plan.steps, texts: texts, maps: maps)
    }
}
