import Basics
import Collectors
import Vault

extension Vault {
    /// The things a section understood; none when it has no inventory.
    /// - Throws: `damaged` when what is stored is no inventory.
    func inventory(of section: SectionRecord) async throws(VaultError) -> [InventoryItem] {
        guard !section.inventory.isEmpty else { return [] }
        let bytes = try bytes(of: section.inventory)
        guard let json = try? JSONParser.parse(bytes), let items = json["items"]?.array else {
            throw VaultError(
                .damaged, "The inventory of section \(section.name) is no JSON of the expected form")
        }
        return items.compactMap(InventoryItem.init(json:))
    }
}
