import Basics
import TestSupport
import Testing

extension Integration {
    /// The scenarios of the protocol's conformance suite, played against the fixtures of the built program.
    @Suite("Conformance", .timeLimit(.minutes(5)))
    struct ConformanceTests {
        /// One scenario over one way.
        struct Scenario: Sendable, CustomTestStringConvertible {
            let way: String
            let revision: String
            let name: String

            var line: String { "ok \(revision) \(name)\n" }
            var testDescription: String { "\(name), \(revision), \(way)" }
        }

        private static let old = "2025-11-25"
        private static let new = "2026-07-28"

        /// What both requirement sets ask for.
        private static let both = [
            "completion-complete", "tools-list", "tools-call-simple-text", "tools-call-image",
            "tools-call-audio", "tools-call-embedded-resource", "tools-call-mixed-content",
            "tools-call-with-logging", "tools-call-error", "tools-call-with-progress", "resources-list",
            "resources-read-text", "resources-read-binary", "resources-templates-read", "prompts-list",
            "prompts-get-simple", "prompts-get-with-args", "prompts-get-embedded-resource",
            "prompts-get-with-image", "json-schema-2020-12",
        ]
        private static let oldOnly = [
            "server-initialize", "ping", "logging-set-level", "tools-call-sampling", "tools-call-elicitation",
            "elicitation-sep1034-defaults", "elicitation-sep1330-enums", "resources-subscribe",
            "resources-unsubscribe",
        ]
        private static let newOnly: [String] =
            ["server-stateless", "sep-2164-resource-not-found", "caching"]
            + rounds.map { "input-required-result-\($0)" } + tasks.map { "tasks-\($0)" }
        private static let rounds = [
            "basic-elicitation", "basic-sampling", "basic-list-roots", "request-state",
            "multiple-input-requests", "multi-round", "missing-input-response", "ignore-extra-params",
            "validate-input", "non-tool-request", "result-type", "unsupported-methods", "tampered-state",
            "capability-check",
        ]
        private static let tasks = [
            "capability-negotiation", "dispatch-and-envelope", "lifecycle", "input",
            "composition-with-mrtr", "status-notifications", "request-state-removed", "required-task-error",
            "wire-fields",
        ]
        /// What only HTTP has.
        private static let web: [(String, String)] = [
            (old, "server-sse-multiple-streams"), (new, "server-sse-multiple-streams"),
            (old, "dns-rebinding-protection"), (new, "dns-rebinding-protection"), (old, "session-lifecycle"),
            (old, "sse-polling"), (new, "tasks-request-headers"), (new, "http-header-validation"),
            (new, "http-custom-header-server-validation"),
        ]

        static let scenarios: [Scenario] = ["stdio", "http"].flatMap { way in
            var all: [Scenario] = []
            for name in both + oldOnly { all.append(Scenario(way: way, revision: old, name: name)) }
            for name in both + newOnly { all.append(Scenario(way: way, revision: new, name: name)) }
            guard way == "http" else { return all }
            for (revision, name) in web { all.append(Scenario(way: way, revision: revision, name: name)) }
            return all
        }

        /// What the player printed, for each way; one run for all tests.
        private static let played = Task {
            let folder = TestFiles.folder(of: #filePath) + "/Clients"
            let program = try #require(HoldfastHome.program)
            let home = try HoldfastHome()
            return try await BlockingCall.run {
                var played: [String: String] = [:]
                for way in ["stdio", "http"] {
                    let command =
                        "PYTHONDONTWRITEBYTECODE=1 python3 \(folder)/conformance.py '\(program)' '\(home.path)' \(way) 2>&1 || true"
                    played[way] = String(decoding: try Shell.output(command), as: UTF8.self)
                }
                return played
            }
        }

        @Test(arguments: scenarios) func `a scenario passes`(_ scenario: Scenario) async throws {
            let output = try await Self.played.value[scenario.way] ?? ""
            #expect(output.contains(scenario.line), "\(output.suffix(2000))")
        }

        @Test(arguments: ["stdio", "http"]) func `all were played to the end`(_ way: String) async throws {
            #expect(try await Self.played.value[way]?.hasSuffix("ok end\n") == true)
        }
    }
}
