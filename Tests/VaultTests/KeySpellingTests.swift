import Basics
import Testing

@testable import Vault

@Suite struct KeySpellingTests {
    @Test(arguments: ["-", " ", "", "\n", "\n  ", "  ", "\n- "])
    func `a key is hidden in each spelling that is read as one`(_ gap: String) throws {
        for _ in 0..<10 {
            let text = VaultKey.random().recoveryText.exposed
            let groups = text.split(separator: ":")[1].split(separator: "-")
            let spelled = groups.joined(separator: gap)
            for key in [spelled, spelled.lowercased(), "holdfast-key-1:\n" + spelled] {
                #expect((try? VaultKey(recoveryText: key))?.recoveryText.exposed == text)
                let shown = Redactor().redact("the kit:\n\(key)\n")
                #expect(!groups.contains { shown.uppercased().contains($0) }, "\(gap.debugDescription)")
            }
        }
    }
}
