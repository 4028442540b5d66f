import Collectors
import Testing

@Suite("The verdict on a section")
struct SectionVerdictTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        var probes: [Probe] = []
        var outcomes: [String: ProbeOutcome] = [:]
        /// Probes that printed something.
        var printed: Set<String> = []
        var files = FilesOutcome()
        var misunderstood: CollectorError?
        let status: SectionStatus
        var reason = ""
        var hint = ""

        var testDescription: String { id }

        var verdict: SectionVerdict {
            let captures = outcomes.reduce(into: Captures()) { captures, entry in
                captures.byProbe[entry.key] = Capture(
                    outcome: entry.value, output: printed.contains(entry.key) ? [0x61, 0x0A] : [])
            }
            return SectionVerdict(
                probes: probes, captures: captures, files: files, misunderstood: misunderstood, user: "ops")
        }
    }

    private static let list = Probe("list", tool: "dpkg-query", isRequired: true, script: "dpkg-query -W")
    private static let marks = Probe("marks", tool: "apt-mark", timeLimit: 9, script: "apt-mark showmanual")
    private static let shadow = Probe(
        "shadow", rootCommand: "/bin/cat /etc/shadow", script: "hf_root cat /etc/shadow")
    private static let rules = Probe(
        "rules", tool: "nft", accepted: [0, 3], rootCommand: "/usr/sbin/nft list ruleset", isRequired: true,
        script: "hf_root nft list ruleset")

    private static let sound: [Case] = [
        Case(
            id: "all probes ended well", probes: [list, marks],
            outcomes: ["list": .exited(0), "marks": .exited(0)], status: .ok),
        Case(
            id: "an accepted status is success", probes: [rules], outcomes: ["rules": .exited(3)],
            status: .ok),
        Case(
            id: "a tool it can do without is missing", probes: [list, marks],
            outcomes: ["list": .exited(0), "marks": .absent], status: .ok),
        Case(id: "only files, all read", files: FilesOutcome(found: 3, missing: ["/etc/x"]), status: .ok),
        Case(
            id: "no tool, but its files", probes: [marks], outcomes: ["marks": .absent],
            files: FilesOutcome(found: 1), status: .ok),
    ]

    private static let missing: [Case] = [
        Case(
            id: "the required tool is not installed", probes: [list, marks],
            outcomes: ["list": .absent, "marks": .absent], status: .absent,
            reason: "dpkg-query is not installed"),
        Case(
            id: "the required tool is not installed, another one is", probes: [list, marks],
            outcomes: ["list": .absent, "marks": .exited(0)], status: .absent,
            reason: "dpkg-query is not installed"),
        Case(
            id: "no tool at all", probes: [marks], outcomes: ["marks": .absent], status: .absent,
            reason: "apt-mark is not installed"),
        Case(
            id: "only files, none there", files: FilesOutcome(missing: ["/etc/x"]), status: .absent,
            reason: "none of its files exists"),
        Case(
            id: "not installed, but files are left", probes: [list], outcomes: ["list": .absent],
            files: FilesOutcome(found: 2), status: .partial, reason: "dpkg-query is not installed"),
        Case(
            id: "not installed, and a file could not be read", probes: [list], outcomes: ["list": .absent],
            files: FilesOutcome(denied: ["/etc/apt/auth.conf"]), status: .denied,
            reason: "dpkg-query is not installed; /etc/apt/auth.conf may only be read by root"),
    ]

    private static let refused: [Case] = [
        Case(
            id: "root was needed for everything", probes: [rules], outcomes: ["rules": .denied],
            status: .denied, reason: "rules needs root, which could not be had",
            hint: "ops ALL=(root) NOPASSWD: /usr/sbin/nft list ruleset"),
        Case(
            id: "root was needed for a part", probes: [list, shadow],
            outcomes: ["list": .exited(0), "shadow": .denied], status: .partial,
            reason: "shadow needs root, which could not be had",
            hint: "ops ALL=(root) NOPASSWD: /bin/cat /etc/shadow"),
        Case(
            id: "files for root only", probes: [list], outcomes: ["list": .exited(0)],
            files: FilesOutcome(found: 1, denied: ["/etc/sudoers"], rootCommand: "/usr/bin/tar"),
            status: .partial, reason: "/etc/sudoers may only be read by root",
            hint: "ops ALL=(root) NOPASSWD: /usr/bin/tar"),
        Case(
            id: "a refusal beside a failure", probes: [rules, marks],
            outcomes: ["rules": .denied, "marks": .exited(1)], status: .failed,
            reason: "rules needs root, which could not be had; marks ended with exit status 1",
            hint: "ops ALL=(root) NOPASSWD: /usr/sbin/nft list ruleset"),
    ]

    private static let broken: [Case] = [
        Case(
            id: "a required probe failed", probes: [list, marks],
            outcomes: ["list": .exited(2), "marks": .exited(0)], status: .failed,
            reason: "list ended with exit status 2"),
        Case(
            id: "a required probe failed, files were read", probes: [list], outcomes: ["list": .exited(2)],
            files: FilesOutcome(found: 1), status: .partial, reason: "list ended with exit status 2"),
        Case(
            id: "another probe took too long", probes: [list, marks],
            outcomes: ["list": .exited(0), "marks": .timedOut], status: .partial,
            reason: "marks was ended after 9 s"),
        Case(
            id: "output that was cut is worth something", probes: [list], outcomes: ["list": .truncated],
            printed: ["list"], status: .partial, reason: "the output of list was cut at its limit"),
        Case(
            id: "lost before it printed", probes: [list], outcomes: ["list": .lost], status: .failed,
            reason: "the run ended before list did"),
        Case(id: "never heard of", probes: [list], status: .failed, reason: "the run ended before list did"),
        Case(
            id: "not understood", probes: [list, marks],
            outcomes: ["list": .exited(0), "marks": .exited(0)],
            misunderstood: CollectorError(probe: "marks", "no list"), status: .failed,
            reason: "the output of marks could not be understood: no list"),
        Case(
            id: "a file that could not be read", files: FilesOutcome(found: 4, failed: ["/etc/a"]),
            status: .partial, reason: "/etc/a could not be read"),
        Case(
            id: "the files were never reached", files: FilesOutcome(isComplete: false), status: .failed,
            reason: "the run ended before all files were looked at"),
        Case(
            id: "many gaps", files: FilesOutcome(found: 1, failed: ["/1", "/2", "/3", "/4", "/5", "/6"]),
            status: .partial,
            reason: "/1 could not be read; /2 could not be read; /3 could not be read; "
                + "/4 could not be read; and 2 more"),
    ]

    @Test("follows from its parts", arguments: sound + missing + refused + broken)
    func followsFromParts(_ wanted: Case) {
        let verdict = wanted.verdict
        #expect(verdict.status == wanted.status)
        #expect(verdict.reason == wanted.reason)
        #expect(verdict.hint == wanted.hint)
        #expect(verdict.reason.isEmpty == (verdict.status == .ok))
    }

    private static let outcomes: [ProbeOutcome] = [
        .exited(0), .exited(1), .exited(127), .absent, .denied, .timedOut, .truncated, .lost,
    ]

    @Test("is never ok where a probe did not succeed (defects 1, 2, 5)", arguments: outcomes)
    func neverClaimsSuccess(_ outcome: ProbeOutcome) {
        for other in Self.outcomes {
            for found in [0, 7] {
                let verdict = Case(
                    id: "", probes: [Self.list, Self.marks], outcomes: ["list": outcome, "marks": other],
                    printed: ["list", "marks"], files: FilesOutcome(found: found), status: .ok
                ).verdict
                let isWhole = outcome == .exited(0) && (other == .exited(0) || other == .absent)
                #expect((verdict.status == .ok) == isWhole, "\(outcome), \(other), \(found) files")
                #expect(isWhole || !verdict.reason.isEmpty)
            }
        }
    }

    @Test("counts each section that failed, whatever the others did (defect 2)")
    func countsByItself() {
        let good = Case(id: "", probes: [Self.list], outcomes: ["list": .exited(0)], status: .ok)
        let bad = Case(id: "", probes: [Self.list], outcomes: ["list": .exited(1)], status: .failed)
        #expect([good, bad, bad].filter { $0.verdict.status == .ok }.count == 1)
    }

    @Test("names everything that is not covered (defect 34)")
    func namesEveryGap() {
        let denied = (1...9).map { "/srv/data\($0)" }
        let verdict = Case(
            id: "", probes: [Self.list, Self.marks], outcomes: ["list": .exited(0), "marks": .lost],
            files: FilesOutcome(found: 1, denied: denied), status: .partial
        ).verdict
        #expect(verdict.gaps.count == 10)
        for path in denied { #expect(verdict.gaps.contains { $0.hasPrefix(path) }) }
    }

    @Test("gives root no sudoers line, and quotes unusual names of users")
    func spellsUsers() {
        let captures = Captures(["rules": Capture(outcome: .denied)])
        let hints = ["root", "", "a b", "j.doe-2"].map {
            SectionVerdict(probes: [Self.rules], captures: captures, user: $0).hint
        }
        let rule = " ALL=(root) NOPASSWD: /usr/sbin/nft list ruleset"
        #expect(hints == ["", "\"\"" + rule, "\"a b\"" + rule, "j.doe-2" + rule])
    }

    @Test("keeps half a line out of what was cut")
    func dropsHalfLines() {
        let bytes = Array("bash\nlibss".utf8)
        #expect(Capture(outcome: .exited(0), output: bytes).lines == ["bash", "libss"])
        for outcome in [ProbeOutcome.truncated, .timedOut, .lost] {
            #expect(Capture(outcome: outcome, output: bytes).lines == ["bash"])
        }
        #expect(Capture(outcome: .lost, output: Array("half".utf8)).lines == [])
    }
}
