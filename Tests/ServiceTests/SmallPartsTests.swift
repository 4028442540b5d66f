import Basics
import Operations
import Testing

@testable import MCP
@testable import Service

@Suite struct SmallPartsTests {
    @Test(arguments: [
        ("holdfast://devices/web1", "get_device", "web1"),
        ("holdfast://devices/web%2D1", "get_device", "web-1"),
        ("holdfast://backups/latest:web1", "get_backup", "latest:web1"),
        ("holdfast://backups/x/manifest", "list_backup_files", "x"),
        ("holdfast://plans/abc", "get_restore", "abc"),
        ("holdfast://hosts/claude-code", "show_host_config", "claude-code"),
    ]) func `an address means one thing`(_ uri: String, _ tool: String, _ value: String) throws {
        let found = ProductResources(catalogue: try ToolCatalogueTests.catalogue(.read)).find(uri)
        #expect(found?.family.tool == tool)
        #expect(found?.value == value)
    }

    @Test(arguments: [
        "holdfast://devices/", "holdfast://devices/..", "holdfast://devices/%2e%2e", "holdfast://devices/a/b",
        "holdfast://devices/a%2Fb", "holdfast://devices/a%252Fb", "holdfast://devices/a%00",
        "holdfast://devices/%zz",
        "holdfast://devices/a%", "holdfast://backups/x/y/manifest", "file:///etc/passwd", "", "holdfast://",
        "holdfast://devices/%ff", "holdfast://devices/a%0Ab",
    ]) func `an address that could mean another place is none`(_ uri: String) throws {
        #expect(ProductResources(catalogue: try ToolCatalogueTests.catalogue(.read)).find(uri) == nil)
    }

    @Test func `addresses are written and read back`() {
        for name in ["web1", "a b", "ü", "x:y", "10%"] {
            let uri = ProductResources.address("holdfast://devices/{device}", name)
            #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            let value = ProductResources.value(String(uri.dropFirst("holdfast://devices/".count)))
            #expect(value == (name == "a b" || name == "10%" ? nil : name))
        }
    }

    @Test func `resources and prompts of tools that are not there are not there either`() throws {
        let few = try ToolCatalogueTests.catalogue(.read, [.devices])
        let resources = ProductResources(catalogue: few)
        #expect(resources.fixed.isEmpty)
        #expect(resources.templates.map(\.name) == ["device"])
        #expect(ProductPrompts.prompts(few.names).isEmpty)
        #expect(ProductPrompts.prompts(try ToolCatalogueTests.catalogue(.read).names).count == 5)
        let hosts = try ToolCatalogueTests.catalogue(.read, [.hostConfigs])
        #expect(
            ProductPrompts.prompts(hosts.names).map(\.name) == ["host_config_repair", "host_config_review"])
        let table = ProductResources(catalogue: hosts)
        #expect(
            table.fixed.map(\.name) == ["host-configs", "hosts"] && table.templates.map(\.name) == ["host"])
    }

    @Test func `prompts name only tools that exist`() throws {
        let names = Set(ToolCatalogueTests.all.map(\.name))
        for prompt in ProductPrompts.prompts(names) {
            let text = ProductPrompts.text(
                prompt.name, ["device": "web1", "what": "nginx", "host": "cursor"], names)
            let content = try #require(text?.messages.first?.content)
            guard case .text(let words) = content else { continue }
            let named = words.split { !$0.isLetter && $0 != "_" }.filter { $0.contains("_") }.map(String.init)
            #expect(!named.isEmpty && Set(named).isSubset(of: names), "\(prompt.name): \(named)")
        }
    }

    @Test func `options are read, and wrong ones are refused`() throws {
        func options(_ arguments: [String: JSONValue]) throws -> MCPOptions {
            try OperationField.input(MCPOptions.self, from: arguments, of: "mcp")
        }
        #expect(try options([:]).accessLevel == .read)
        #expect(try options(["level": "propose"]).accessLevel == .propose)
        #expect(try options(["toolsets": "core,restore"]).chosenToolsets() == [.core, .restore])
        #expect(throws: OperationError.self) { try options(["level": "root"]) }
        #expect(throws: OperationError.self) { try options(["toolsets": "all"]).chosenToolsets() }
    }

    @Test func `a client's name is made plain before it is kept`() {
        let client = ClientFacts(
            information: ["name": "evil\u{1B}[2J\n name; drop", "version": "1"], capabilities: [:])
        let caller = Caller(actor: "assistant:a", surface: "mcp", level: .read).using(client)
        #expect(caller.surface == "mcp evil2J name drop 1")
        #expect(caller.level == .read)
    }

    @Test func `a failure says what to do and whether to try again`() {
        let answer = ErrorAnswer(
            OperationError(.deviceUnknown, "No device is called ‘x’", hint: "See."), known: ["list_devices"])
        #expect(answer.result.isError)
        #expect(answer.result.meta["holdfast/error"]?["code"] == "device-unknown")
        guard case .text(let text)? = answer.result.content.first else { return }
        #expect(text.contains("See list_devices."))
        #expect(text.contains("changes nothing"))
    }

    @Test(arguments: [
        ("Name a second backup, or pass --live", "", "or pass ‘live’. Trying"),
        (
            "x", "Give --in-place-now or run: holdfast restore plan --in-place",
            "‘in_place_now’ or run: holdfast restore plan --in-place. Trying"
        ),
        ("x", "See: holdfast job list", "See: holdfast job list. Trying"), ("a -- b", "", "a -- b. Trying"),
    ]) func `a failure names arguments as the tool does`(_ message: String, _ hint: String, _ part: String) {
        let answer = ErrorAnswer(OperationError(.argumentInvalid, message, hint: hint), known: [])
        guard case .text(let text)? = answer.result.content.first else { return }
        #expect(text.contains(part), "\(text)")
    }

    @Test(arguments: [
        (OperationError.Code.jobUnknown, "See: holdfast job list", "See: list_jobs. Trying"),
        (.argumentInvalid, "Those there are: holdfast device list.", "Those there are: list_devices. Trying"),
        (.argumentInvalid, "See: holdfast device list --all", "See: holdfast device list --all. Trying"),
        (.personRequired, "A person runs: holdfast job list", "A person runs: holdfast job list."),
        (.backupUnknown, "See: holdfast backup list", "See: list_backups. Trying"),
        (.backupUnknown, "Make one with: holdfast host-config backup x", "See list_host_configs. Trying"),
    ]) func `a failure names tools in the place of commands`(
        _ code: OperationError.Code, _ hint: String, _ part: String
    ) throws {
        let catalogue = try ToolCatalogueTests.catalogue(.destroy)
        let answer = ErrorAnswer(
            OperationError(code, "x", hint: hint), known: catalogue.names, commands: catalogue.commands)
        guard case .text(let text)? = answer.result.content.first else { return }
        #expect(text.contains(part), "\(text)")
    }

    @Test(arguments: [
        ("run: holdfast x", "once it is done, call this tool again with the same arguments."),
        ("run: holdfast approve p1", "once the plan is approved, call apply_restore with plan ‘p1’."),
        ("A new plan: holdfast restore plan b --in-place", "Trying again changes nothing."),
    ]) func `what needs a person says what to call afterwards`(_ hint: String, _ ending: String) {
        let answer = ErrorAnswer(
            OperationError(.personRequired, "x", hint: hint), known: ["apply_restore"])
        guard case .text(let text)? = answer.result.content.first else { return }
        #expect(text.hasSuffix(ending), "\(text)")
    }

    @Test func `tokens are estimated from the text alone`() {
        #expect(TokenEstimate.tokens(in: "") == 0)
        #expect(TokenEstimate.tokens(in: "a backup of machines") == 5)
        #expect(TokenEstimate.tokens(in: #"{"type":"string"}"#) == 5)
    }
}

@Suite struct StateWatchTests {
    @Test func `what changed is told once, with everything that shows it`() {
        let old = StateWatch.Picture(devices: ["a": 1], backups: ["x": 1])
        #expect(StateWatch.changes(from: old, to: old).isEmpty)
        let more = StateWatch.Picture(devices: ["a": 1], backups: ["x": 2, "y": 1])
        let changes = StateWatch.changes(from: old, to: more)
        #expect(changes.contains(.resources))
        #expect(changes.contains(.resource("holdfast://backups")))
        #expect(changes.contains(.resource("holdfast://backups/x")))
        #expect(changes.contains(.resource("holdfast://backups/y")))
        #expect(changes.contains(.resource("holdfast://coverage")))
        #expect(!changes.contains(.resource("holdfast://devices")))
        #expect(!changes.contains(.resource("holdfast://hosts")))
        let first = StateWatch.Picture(backups: ["x": ["device": "me"], "o": ["device": "far"]])
        let second = StateWatch.Picture(backups: [
            "x": ["device": "me"], "y": ["device": "me"], "o": ["device": "far"],
        ])
        let latest = StateWatch.changes(from: first, to: second)
        #expect(latest.contains(.resource("holdfast://backups/latest:me")))
        #expect(latest.contains(.resource("holdfast://backups/latest:me/manifest")))
        #expect(!latest.contains(.resource("holdfast://backups/latest:far")))
        let kept = StateWatch.Picture(devices: ["a": 1], backups: ["x": 1], hosts: ["z": ["host": "zed"]])
        let told = StateWatch.changes(from: old, to: kept)
        #expect(
            told.contains(.resource("holdfast://hosts"))
                && told.contains(.resource("holdfast://host-configs"))
                && told.contains(.resource("holdfast://hosts/zed")))
        let same = StateWatch.Picture(devices: ["a": 2], backups: ["x": 1])
        #expect(!StateWatch.changes(from: old, to: same).contains(.resources))
    }
}

@Suite struct JobTaskTests {
    private func view(_ state: String, finished: Bool) -> TaskView? {
        JobTask.view(of: [
            "job": "abc", "state": .string(state), "isFinished": .bool(finished), "phase": "reading",
            "started": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:01Z",
        ])
    }

    @Test func `a job is a task of the same id`() {
        #expect(view("running", finished: false)?.id == "abc")
        #expect(view("running", finished: false)?.state == .working)
        #expect(view("cancelled", finished: true)?.state == .cancelled)
        #expect(JobTask.view(of: ["devices": []]) == nil)
    }

    @Test(arguments: [
        ("done", false), ("partial", false), ("failed", true), ("cut-off", true), ("altered", true),
    ])
    func `an end is a result, and a bad one is an error`(_ state: String, _ isError: Bool) {
        guard case .completed(let result)? = view(state, finished: true)?.state else {
            Issue.record("no end")
            return
        }
        #expect(result.isError == isError)
    }
}
