import Operations
import TestSupport
import Testing

@testable import CLI

@Suite("Tables and the width of the terminal") struct TableLayoutTests {
    private static let columns = [
        Column("BACKUP", isWhole: true), "DEVICE", "STATUS", Column("SCOPE", isMinor: true),
        Column("FILES", isNumeric: true, isMinor: true), "VERIFIED", Column("PIN", isMinor: true), "NAME",
    ]
    private static let rows: [[Cell]] = [
        [
            "20261129T012017Z-8s4gpv2r0ns1", "local", "ok", "only identity, users", "55", "full 2026-11-29",
            "",
            "",
        ],
        [
            "20261129T012016Z-8s4gpv2r0ns2", "web1", "partial", "all", "70000", "never", "",
            "before the long upgrade",
        ],
    ]

    private func lines(_ width: Int?, columns: [Column] = columns, rows: [[Cell]] = rows) -> [String] {
        TableLayout(columns: columns, rows: rows).lines(TextStyle(isColoured: false, width: width))
    }

    @Test(arguments: 50...130) func `no line is wider than the terminal`(_ width: Int) {
        let lines = lines(width)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= width }, "\(lines)")
        #expect(lines[1].hasPrefix("20261129T012017Z-8s4gpv2r0ns1  local"))
    }

    @Test func `minor columns go first, and the last line names them`() {
        #expect(
            lines(84) == [
                "BACKUP                         DEVICE  STATUS   VERIFIED         NAME",
                "20261129T012017Z-8s4gpv2r0ns1  local   ok       full 2026-11-29",
                "20261129T012016Z-8s4gpv2r0ns2  web1    partial  never            before the long up…",
                "No room for SCOPE, FILES.",
            ])
        #expect(lines(60).last == "No room for SCOPE, FILES, NAME.")
    }

    @Test func `an empty column goes without a word`() {
        let rows = Self.rows.map { Array($0.prefix(7)) }
        #expect(lines(92, rows: rows).first?.hasSuffix("FILES  VERIFIED") == true)
        #expect(lines(92, rows: rows).count == 3)
    }

    @Test func `whoever is no terminal gets all of it`() {
        let lines = lines(nil)
        #expect(lines.count == 3)
        #expect(lines[0].hasSuffix("  VERIFIED         PIN  NAME"))
        #expect(
            lines[2].hasSuffix("all                   70000  never                 before the long upgrade"))
    }
}
