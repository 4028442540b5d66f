import Basics
import Testing

@testable import Operations

@Suite("Sections that are not whole, in few lines")
struct SectionTroublesTests {
    private func lines(_ rows: [(String, String, String)]) -> [String] {
        SectionTroubles(troubles: rows.map { .init(section: $0.0, status: $0.1, reason: $0.2) }).lines
    }

    @Test func `sections lost for one reason are one line with their names`() {
        let lost = "the run ended before all files were looked at"
        let lines = lines([
            ("hardware", "failed", "the run ended before serials did; \(lost)"),
            ("zfs", "partial", "pools ended with exit status 1"),
            ("sudoers", "failed", "the run ended before rules did; \(lost)"),
            ("sshd", "failed", "the run ended before settings did; \(lost)"),
            (
                "firewall", "failed",
                "the run ended before ufw did; the run ended before nft did; \(lost); and 2 more"
            ),
        ])
        #expect(lines.count == 2, "\(lines)")
        #expect(lines[0].hasPrefix("4 sections failed: the run ended before a part of it did; \(lost) ("))
        #expect(lines[0].hasSuffix("(hardware, sudoers, sshd, firewall)"))
        #expect(lines[1] == "zfs partial: pools ended with exit status 1")
    }

    @Test func `two of a reason, and reasons that differ, keep their own words`() {
        let rows = [
            ("users", "denied", "shadow needs root, which could not be had"),
            ("sudoers", "denied", "rules needs root, which could not be had"),
            ("cron", "failed", "tables ended with exit status 3"),
        ]
        #expect(lines(rows) == rows.map { "\($0.0) \($0.1): \($0.2)" })
    }

    @Test func `what several devices lack alike is told once, with their names or their number`() throws {
        let rows = (1...6).map { number -> JSONValue in
            var problems: [JSONValue] = ["users denied: shadow needs root"]
            if number == 2 || number == 5 { problems.append("cron failed: tables") }
            return [
                "device": .string("web\(number)"), "status": "partial", "backup": "b", "sections": [:],
                "problems": .array(problems), "files": 0, "bytes": 0, "newBytes": 0, "milliseconds": 1,
            ]
        }
        let report = try JSONValueDecoder().decode(BackupReport.self, from: ["backups": .array(rows)])
        guard case .lines(let cells)? = report.display.last else {
            Issue.record("\(report.display)")
            return
        }
        #expect(
            cells.map(\.text) == [
                "web1, web2, web3 and 3 more: users denied: shadow needs root",
                "web2, web5: cron failed: tables",
            ])
    }

    @Test func `a path of thousands of letters is cut in the middle`() {
        let path = "/" + String(repeating: "a", count: 4000) + "/end"
        let reason = (0..<4).map { _ in "\(path) could not be read" }.joined(separator: "; ")
        let lines = lines([("paths", "partial", reason)])
        #expect(lines.count == 1 && lines[0].count <= 1000, "\(lines)")
        #expect(lines[0].contains("…") && lines[0].contains("/end could not be read"))
    }
}
