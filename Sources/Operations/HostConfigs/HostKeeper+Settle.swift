import Basics
import HostConfig
import Vault

extension HostKeeper {
    /// Keeps how places are that a person put so by name, so that it is their newest sound state and nothing is missed there.
    ///
    /// What is that already needs no backup, and what is broken is no state that anybody wants back.
    /// - Parameter note: what the backup is called.
    /// - Returns: why that failed, as phrases.
    static func settle(
        _ places: [String], of host: AssistantHost, as note: String, _ vault: Vault,
        _ context: OperationContext
    ) async -> [String] {
        let lease = WriterLease(vault: vault, what: "host-config \(note)") { _ in }
        var keeper = HostKeeper(host: host, vault: vault, lease: lease, clock: context.clock)
        // Who names it wants it as it is.
        keeper.accepts = true
        var remarks: [String] = []
        do throws(OperationError) {
            let look = try await HostSeries(host).look(in: vault)
            let unsettled = places.filter { place in
                let now = HostSituation(of: host, at: place)
                return now.isUnsettled(beside: look.holdings.first { now.isOf($0) })
            }
            if !unsettled.isEmpty {
                _ = try await keeper.keep(unsettled, name: note, always: true, besides: look)
            }
        } catch { remarks = ["How it is now could not be kept as the newest state: \(error.message)"] }
        await lease.close()
        return remarks
    }
}

extension HostSituation {
    /// Whether it is another state than the newest sound one.
    fileprivate func isUnsettled(beside holding: HostHolding?) -> Bool {
        switch state {
        case .missing: return holding != nil
        case .ok, .noServers:
            guard let holding, let snapshot else { return state == .ok }
            let entry = holding.file.entry
            return !holding.isOwn || snapshot.bytes != holding.file.bytes || snapshot.mode != entry.mode
                || end != holding.file.path
                || !HostCopy.File(snapshot, links: []).isOwned(as: entry)
        case .empty, .invalid, .unreadable: return false
        }
    }
}
