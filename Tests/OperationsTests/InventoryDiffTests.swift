import Basics
import Collectors
@testable import Operations
import Testing

@Suite("Comparing inventories")
struct InventoryDiffTests {
    private let old = [
        InventoryItem("package", "nginx", ["version": "1.22"]),
        InventoryItem("package", "vim", ["version": "9"]),
        InventoryItem(
            "container", "db", ["image": "pg:15", "env": ["A": "1", "B": .secret("x")], "ports": ["80"]]),
    ]

    @Test("Equal inventories differ by nothing, in whatever order")
    func same() {
        #expect(InventoryDiff.changes(section: "s", from: old, to: old.reversed()).isEmpty)
    }

    @Test("Added, removed and changed things; of nested ones only what changed")
    func changes() {
        let new = [
            InventoryItem("package", "nginx", ["version": "1.24"]),
            InventoryItem("package", "curl", ["version": "8"]),
            InventoryItem(
                "container", "db", ["image": "pg:15", "env": ["A": "2", "B": .secret("y")], "ports": ["80"]]),
        ]
        let changes = InventoryDiff.changes(section: "s", from: old, to: new)
        #expect(
            changes.map { "\($0.change.rawValue) \($0.kind) \($0.name)" } == [
                "changed container db", "added package curl", "changed package nginx", "removed package vim",
            ])
        #expect(changes[0].fields.map(\.field) == ["env.A", "env.B"])
        #expect(changes[2].fields == [FieldChange(field: "version", old: "1.22", new: "1.24")])
    }
}
