import Basics
package import MCP
import Operations

/// Finds out what changed in the state, whoever changed it, and tells it as changes of resources.
///
/// Sleeps until a file of the state is written; then reads the lists again, at most once a second.
struct StateWatch: Sendable {
    /// What the lists held.
    struct Picture: Equatable {
        /// The entries of a list, by their names.
        var devices: [String: JSONValue] = [:]
        var backups: [String: JSONValue] = [:]
        /// Backups of assistants' configuration.
        var hosts: [String: JSONValue] = [:]
        /// Work under way and done, which are the tasks of the protocol.
        var jobs: [String: JSONValue] = [:]
    }

    let content: ProductContent

    /// How long changes are gathered before they count as one, in milliseconds.
    private static let pace: UInt32 = 250

    /// News from now on.
    func changes() -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Change.self, bufferingPolicy: .bufferingNewest(256))
        // Not structured: it lives as long as somebody reads the stream.
        let task = Task {
            await watch { continuation.yield($0) }
            continuation.finish()
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private func watch(_ tell: @Sendable (Change) -> Void) async {
        guard let paths = await content.statePaths(),
            let watch = try? FolderWatch([paths.data, paths.vault + "/backups", paths.vault + "/marks"])
        else { return }
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        do {
            try BackgroundThread.start {
                while (try? watch.waits(milliseconds: -1)) == true {
                    signal.yield()
                    watch.gather(milliseconds: Self.pace)
                }
                signal.finish()
            }
        } catch { return }
        var picture = await content.picture()
        await withTaskCancellationHandler {
            for await _ in signals {
                let now = await content.picture()
                for change in Self.changes(from: picture, to: now) { tell(change) }
                picture = now
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        } onCancel: {
            watch.stop()
        }
    }

    /// The addresses of the newest backup of each device one of whose backups came, went or changed, and of its files.
    private static func latest(of old: [String: JSONValue], _ new: [String: JSONValue]) -> [Change] {
        names("device", of: old, new).flatMap { device in
            ["backups/{backup}", "backups/{backup}/manifest"].map { template in
                .resource(ProductResources.address(ProductResources.scheme + template, "latest:" + device))
            }
        }
    }

    /// What entries that came, went or changed say of a member, sorted.
    private static func names(
        _ member: String, of old: [String: JSONValue], _ new: [String: JSONValue]
    ) -> [String] {
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        return Set(changed.flatMap { [old[$0], new[$0]].compactMap { $0?[member]?.string } }).sorted()
    }

    /// What changed between two pictures.
    static func changes(from old: Picture, to new: Picture) -> [Change] {
        guard old != new else { return [] }
        var changes = new.jobs.keys.sorted().filter { old.jobs[$0] != new.jobs[$0] }.map { Change.task($0) }
        guard old.devices != new.devices || old.backups != new.backups || old.hosts != new.hosts else {
            return changes
        }
        if old.devices.keys != new.devices.keys || old.backups.keys != new.backups.keys {
            changes.append(.resources)
        }
        for (before, after, list, template) in [
            (old.devices, new.devices, "devices", "devices/{device}"),
            (old.backups, new.backups, "backups", "backups/{backup}"),
        ] where before != after {
            changes.append(.resource(ProductResources.scheme + list))
            for name in Set(before.keys).union(after.keys).sorted() where before[name] != after[name] {
                let address = ProductResources.address(ProductResources.scheme + template, name)
                changes.append(.resource(address))
            }
        }
        changes += latest(of: old.backups, new.backups)
        if old.hosts != new.hosts {
            changes += ["host-configs", "hosts"].map { .resource(ProductResources.scheme + $0) }
            changes += names("host", of: old.hosts, new.hosts).map {
                .resource(ProductResources.address(ProductResources.scheme + "hosts/{host}", $0))
            }
        }
        return changes + [.resource(ProductResources.coverage), .resource(ProductResources.scheme + "audit")]
    }
}

extension ProductContent {
    package func changes() -> AsyncStream<Change> {
        watch?.changes(of: self) ?? StateWatch(content: self).changes()
    }

    /// What of the state this connection sees: those with the same may share a look at it.
    var view: String {
        let lists = ["list_backups", "list_devices", "list_host_configs", "list_jobs", "get_job"].filter {
            catalogue[$0] != nil
        }
        // Who may use few devices sees jobs of their own alone.
        let scope = caller.scope.names.map { [caller.actor] + $0 } ?? ["*"]
        return (lists + ["\(caller.level)"] + scope).joined(separator: "\n")
    }

    /// Where the state lies; nil where nothing can be said.
    func statePaths() async -> StatePaths? {
        do throws(OperationError) {
            return try await makeContext(caller, SilentProgress()).services.paths
        } catch { return nil }
    }

    /// What the lists hold at the moment.
    func picture() async -> StateWatch.Picture {
        StateWatch.Picture(
            devices: await entries("list_devices", "devices", "name"),
            backups: await entries("list_backups", "backups", "id"),
            hosts: await entries("list_host_configs", "backups", "backup"),
            jobs: hasTasks ? await entries("list_jobs", "jobs", "job") : [:])
    }
}
