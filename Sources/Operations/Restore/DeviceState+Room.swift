import Basics
import Collectors
import Restore

/// What the question about room, mounts and rights was answered.
extension DeviceState {
    private func found(_ kind: String) -> [InventoryItem] {
        (items[FreeSpaceCollector.name] ?? []).filter { $0.kind == kind }
    }

    /// Whether nobody can become root with the account that was used.
    var lacksRoot: Bool { !found(FreeSpaceCollector.noRoot).isEmpty }

    /// Where file systems are mounted; empty when the machine did not say.
    var mountPoints: [String] { found("mount").map(\.name) }

    /// The room of the file systems that were asked for.
    var rooms: [RoomCheck.Mount] {
        found("room").map { item in
            RoomCheck.Mount(
                place: item.name, bytes: item.fields["bytes"]?.int ?? .max, names: item.fields["names"]?.int)
        }
    }
}
