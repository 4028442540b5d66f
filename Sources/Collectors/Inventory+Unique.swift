extension Inventory {
    /// An inventory of `items` in which kind and name are unique, as they must be.
    ///
    /// A device that names something twice is not believed twice: the first counts, and a remark says so.
    init(unique items: [InventoryItem], remarks: [String] = []) {
        var seen: Set<String> = []
        var doubled: [String: Int] = [:]
        var kept: [InventoryItem] = []
        kept.reserveCapacity(items.count)
        for item in items {
            if seen.insert(item.kind + "\u{0}" + item.name).inserted {
                kept.append(item)
            } else {
                doubled[item.kind, default: 0] += 1
            }
        }
        let sentences = doubled.sorted { $0.key < $1.key }.map { kind, count in
            "\(count) more of the kind \(kind) had a name that was taken; the first of each counts."
        }
        self.init(kept, remarks: remarks + sentences)
    }
}
