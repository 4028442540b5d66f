import Basics
import Testing

@testable import Vault

@Suite struct BackupIDTests {
    private let time = Timestamp("2026-11-21T09:30:00Z") ?? Timestamp(seconds: 0)

    @Test func `says when, sorts by it, and does not repeat`() {
        let ids = (0..<1000).map { _ in BackupID.make(at: time) }
        #expect(Set(ids).count == 1000)
        #expect(ids.allSatisfy { $0.text.hasPrefix("20261121T093000Z-") && BackupID($0.text) == $0 })
        #expect(BackupID.make(at: time + .seconds(1)) > ids[0])
    }

    @Test(arguments: [
        "", "latest", "20261121T093000Z", "20261121T093000Z-", "20261121T093000Z-abc",
        "20261121T093000Z-../../etc/pw", "20261121T093000Z-000000000u00", "20261121T093000Z-00000000000A",
        "2026112xT093000Z-000000000000", "20261121T093000Z-0000000000000", "20261121 093000Z-000000000000",
    ])
    func `anything else is refused`(_ text: String) { #expect(BackupID(text) == nil) }
}
