import RemoteExecution

/// Devices as they were read last, so that a row that did not change is neither checked nor decoded again.
///
/// Belongs to the actor of a store. A row counts as unchanged when all of its bytes are the same. Bounded by the rows that
/// were read last.
final class DeviceMemory {
    /// What a row of the table holds.
    struct Row {
        let name: String
        let document: String
        let mark: String

        fileprivate func isSame(as other: Row) -> Bool {
            // Texts that only count as the same may have other bytes.
            name.utf8.elementsEqual(other.name.utf8) && document.utf8.elementsEqual(other.document.utf8)
                && mark.utf8.elementsEqual(other.mark.utf8)
        }
    }

    /// The most devices that are kept.
    static let limit = 1024

    private var known: [String: (row: Row, device: Device)] = [:]

    /// How many are kept.
    var count: Int { known.count }

    /// The device of a row; nil for one that was not read before, or not like this.
    func device(of row: Row) -> Device? {
        guard let known = known[row.name], known.row.isSame(as: row) else { return nil }
        return known.device
    }

    /// Keeps what a row was found to hold.
    func keep(_ device: Device, of row: Row) {
        if known.count >= Self.limit, known[row.name] == nil { known = [:] }
        known[row.name] = (row, device)
    }
}
