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

    @Test func `a path of thousands of letters is cut in the middle`() {
        let path = "/" + String(repeating: "a", count: 4000) + "/end"
        let reason = (0..<4).map { _ in "\(path) could not be read" }.joined(separator: "; ")
        let lines = lines([("paths", "partial", reason)])
        #expect(lines.count == 1 && lines[0].count <= 1000, "\(lines)")
        #expect(lines[0].contains("…") && lines[0].contains("/end could not be read"))
    }
}
