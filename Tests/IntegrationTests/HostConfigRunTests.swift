import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// The built program keeping and putting back a host's file.
    @Suite("Host configuration", .timeLimit(.minutes(20)))
    struct HostConfigRunTests {
        private let home: HoldfastHome
        private var file: String { home.scratch.path + "/.cursor/mcp.json" }

        init() throws { home = try HoldfastHome() }

        private func write(_ text: String, mode: String = "600") throws {
            try Shell.run("mkdir -p '\(home.scratch.path)/.cursor'")
            try TestFiles.write(Array(text.utf8), to: file)
            try Shell.run("chmod \(mode) '\(file)'")
        }

        private func look() throws -> String {
            String(decoding: try Shell.output("stat -c '%a %Y' '\(file)'; cat '\(file)'"), as: UTF8.self)
        }

        @Test(arguments: ["000", "022", "077", "777"]) func `modes hold whatever the umask says`(
            _ mask: String
        ) async throws {
            let program = try #require(HoldfastHome.program)
            func run(_ words: String) throws -> String {
                let output = try Shell.output(
                    "umask \(mask); env -u XDG_CONFIG_HOME HOME='\(home.scratch.path)' '\(program)' \(words)"
                        + " --home '\(home.path)' 2>&1")
                return String(decoding: output, as: UTF8.self)
            }
            func mode(_ path: String) throws -> String {
                String(decoding: try Shell.output("stat -c %a '\(path)'"), as: UTF8.self)
            }
            _ = try run("init")
            try write(#"{"mcpServers": {"a": {}}}"#, mode: "604")
            #expect(try run("host-config hosts").contains("can be read by other accounts"))
            #expect(try run("host-config backup cursor").contains("can be read by other accounts"))
            try write("{}")
            _ = try run("host-config restore cursor")
            #expect(try mode(file) == "604\n", "as it was, neither wider nor narrower")
            try Shell.run("rm '\(file)'")
            _ = try run("host-config restore cursor")
            #expect(try mode(file) == "604\n")
            let archive = home.scratch.path + "/out.jsonl"
            _ = try run("host-config export cursor --to '\(archive)'")
            #expect(try mode(archive) == "600\n")
            let open = try Shell.output(
                "find '\(home.path)' \\( -type d ! -perm 700 \\) -o \\( -type f ! -perm 600 \\)")
            #expect(open.isEmpty, "\(String(decoding: open, as: UTF8.self))")
        }

        // What was named once is the program's own file by another way: the newest state of either counts, once.
        @Test func `a file on the way of a link is no place for itself`() async throws {
            let program = try #require(HoldfastHome.program)
            func run(_ words: String) throws -> String {
                let output = try Shell.output(
                    "cd '\(home.scratch.path)'; env -u XDG_CONFIG_HOME HOME=\"$PWD\" '\(program)' \(words)"
                        + " --home '\(home.path)' 2>&1")
                return String(decoding: output, as: UTF8.self)
            }
            func shell(_ words: String) throws { try Shell.run("cd '\(home.scratch.path)'; \(words)") }
            _ = try run("init")
            let old = #"{"mcpServers": {"old": {}}}"#
            let new = #"{"mcpServers": {"old": {}, "new": {}}}"#
            try shell("mkdir dotc dot; ln -s dotc .cursor; printf '%s' '\(old)' >dotc/mcp.json")
            _ = try run("host-config prepare cursor --file \"$PWD/dotc/mcp.json\"")
            try shell("printf '%s' '\(new)' >dot/m; ln -sf ../dot/m dotc/mcp.json")
            _ = try run("host-config backup cursor")
            for words in ["restore cursor", "watch --once --repair all cursor"] {
                try shell(": >dot/m")
                let output = try run("host-config \(words)")
                let text = try Shell.output("cat '\(home.scratch.path)/dot/m'")
                #expect(String(decoding: text, as: UTF8.self) == new, "\(output)")
                try shell("test -L dotc/mcp.json")
            }
        }

        private static let canTrace = unsafe access("/usr/bin/strace", X_OK) == 0

        /// Calls of the kernel that change something on a disk.
        private static let changing = [
            "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "link", "unlink", "fchmod",
            "utimensat", "mkdir", "ftruncate",
        ]

        @Test(.enabled(if: Self.canTrace, "needs strace"))
        func `killed at any step a restore leaves the old file or the new one`() async throws {
            let program = try #require(HoldfastHome.program)
            try await home.expect(0, "init")
            let filler = String(repeating: "x", count: 100_000)
            try write("{\"filler\": \"\(filler)\", \"mcpServers\": {\"good\": {}}}", mode: "640")
            try Shell.run("touch -d '2026-01-02 03:04:05' '\(file)'")
            let new = try look()
            try await home.expect(0, "host-config", "backup", "cursor")
            let spoiled = "{\"filler\": \"\(filler)\", \"mcpServers\": {"
            var ends: [String: Int] = [:]
            for call in Self.changing {
                // Each call of this sort, until there are no more.
                for step in 1... {
                    try write(spoiled)
                    try Shell.run("touch -d '2026-02-02 03:04:05' '\(file)'")
                    let old = try look()
                    let run =
                        "env -u XDG_CONFIG_HOME HOME='\(home.scratch.path)' strace -f -qq -o '\(home.scratch.path)/trace'"
                        + " -e trace=\(call) -e inject=\(call):signal=SIGKILL:when=\(step) '\(program)'"
                        + " host-config restore cursor --home '\(home.path)' >'\(home.scratch.path)/out' 2>&1; echo $?"
                    let isDone = try Shell.output(run) == Array("0\n".utf8)
                    let now = try look()
                    #expect(now == old || now == new, "\(call) \(step): \(now.suffix(200))")
                    guard !isDone else { break }
                    ends[now == old ? "old" : "new", default: 0] += 1
                    #expect(step < 500)
                    guard step < 500 else { break }
                }
            }
            #expect((ends["old"] ?? 0) > 20 && (ends["new"] ?? 0) > 0, "\(ends)")
            print("a restore was killed at \(ends.values.reduce(0, +)) steps: \(ends)")
            // What a killed one left is in nobody's way, and nothing that was kept is damaged.
            try write(spoiled)
            try await home.expect(0, "host-config", "restore", "cursor")
            #expect(try look() == new)
            try await home.expect(0, "host-config", "verify")
            try await home.expect(0, "vault", "check")
        }

        private func run(_ words: String, before: String = "") throws -> (status: Int32, text: String) {
            let program = try #require(HoldfastHome.program)
            let output = try Shell.output(
                "\(before) env -u XDG_CONFIG_HOME HOME='\(home.scratch.path)' '\(program)' \(words) --home '\(home.path)' 2>&1; echo \"=$?\""
            )
            let text = String(decoding: output, as: UTF8.self)
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            return (Int32(parts.last?.filter(\.isNumber) ?? "") ?? -1, text)
        }

        @Test func `a file that is gone is told by a backup of all until it is accepted`() async throws {
            try await home.expect(0, "init")
            try write(#"{"mcpServers": {"a": {}}}"#)
            #expect(try run("host-config backup --all").status == 0)
            try Shell.run("rm '\(file)'")
            let missed = try run("host-config backup --all")
            #expect(missed.status == 3 && missed.text.contains("mcp.json is gone"), "\(missed)")
            #expect(try run("host-config backup --all --accept").status == 0)
            let after = try run("host-config backup --all")
            #expect(after.status == 0, "\(after)")
        }

        private static let library = "/usr/lib/x86_64-linux-gnu/libyaml-0.so.2"

        /// Whether a library can be hidden from one process.
        private static let canHide =
            (try? Shell.run("test -e \(library) && unshare -m sh -c 'mount --bind /dev/null \(library)'"))
            != nil

        @Test(.enabled(if: Self.canHide, "needs libyaml at its place and the right to mount"))
        func `what is kept while libyaml is missing is as good as any once it is there`() async throws {
            try await home.expect(0, "init")
            let goose = home.scratch.path + "/.config/goose/config.yaml"
            func put(_ text: String) throws {
                try Shell.run("mkdir -p '\(home.scratch.path)/.config/goose'")
                try TestFiles.write(Array(text.utf8), to: goose)
            }
            let hidden = "unshare -m sh -c 'mount --bind /dev/null \(Self.library); exec \"$@\"' sh"
            try put("extensions:\n  old: {cmd: x}\n")
            #expect(try run("host-config backup goose").status == 0)
            let new = "extensions:\n  new: {cmd: x}\n"
            try put(new)
            let kept = try run("host-config backup goose", before: hidden)
            #expect(kept.text.contains("libyaml") && kept.text.contains("stored"), "\(kept)")
            let hosts = try run("host-config hosts", before: hidden)
            #expect(!hosts.text.contains("no sound one"), "\(hosts)")
            // A file that is gone is told although nobody can say what was in it.
            try Shell.run("rm '\(goose)'")
            let gone = try run("host-config watch --once", before: hidden)
            #expect(gone.status == 3 && gone.text.contains("config.yaml is gone"), "\(gone)")
            // What is there and cannot be judged is nobody's to replace.
            try put("extensions: {\n")
            _ = try run("host-config watch --once --repair all", before: hidden)
            #expect(TestFiles.bytes(at: goose) == Array("extensions: {\n".utf8))
            // Which backups are needed cannot be told, either.
            let cleaned = try run("host-config clean goose --keep-count 1", before: hidden)
            #expect(cleaned.status == 0 && !cleaned.text.contains("nothing keeps it"), "\(cleaned)")
            // With the library the newest sound state comes back: the one that was kept without.
            let restored = try run("host-config restore goose")
            #expect(restored.status == 0, "\(restored)")
            #expect(TestFiles.bytes(at: goose) == Array(new.utf8))
            #expect(try run("host-config hosts").text.contains(" ok "))
        }

        @Test func `a signal ends a watch as if its time were over`() async throws {
            try await home.expect(0, "init")
            try write(#"{"mcpServers": {"a": {}}}"#)
            let run = try home.start(["host-config", "watch"])
            while !run.errorsSoFar.contains("cursor: stored") { usleep(20_000) }
            try Shell.run("truncate -s 4 '\(file)'")
            while !run.errorsSoFar.contains("cursor: damaged") { usleep(20_000) }
            run.signal(SIGTERM)
            let outcome = await run.outcome(within: .seconds(120))
            // Something is broken, which is a result and no failure.
            #expect(outcome.status == 3 && outcome.text.contains("Put it back"), "\(outcome.story)")
        }
    }
}
