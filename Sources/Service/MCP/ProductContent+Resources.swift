package import MCP
import Basics
import Operations

extension ProductContent {
    private var table: ProductResources { ProductResources(catalogue: catalogue) }

    package func resources() async throws(RPCError) -> [Resource] {
        var all = table.fixed
        for (list, member, key, tool) in [
            ("list_devices", "devices", "name", "get_device"),
            ("list_backups", "backups", "id", "get_backup"),
            ("list_hosts", "hosts", "host", "show_host_config"),
        ] where catalogue[tool] != nil {
            // A program with several files is one all the same.
            var seen: Set<String> = []
            all += await names(list, member, key).filter { seen.insert($0).inserted }.compactMap {
                table.resource(tool, $0)
            }
        }
        return all.sorted { $0.uri < $1.uri }
    }

    package func resourceTemplates() async throws(RPCError) -> [ResourceTemplate] { table.templates }

    package func read(
        _ uri: String, in context: RequestContext
    ) async throws(RPCError) -> Outcome<[ResourceContents]>? {
        let json: JSONValue
        do throws(OperationError) {
            if uri == ProductResources.coverage, table.hasCoverage {
                json = try await coverage(context)
            } else if let (family, value) = table.find(uri) {
                var arguments: [String: JSONValue] = [:]
                if let field = family.field, let value { arguments[field] = .string(value) }
                json = try await output(of: family.tool, arguments, context)
            } else {
                return nil
            }
        } catch {
            // What is not there is no mistake of the server: the protocol has an error of its own for it.
            let isMissing = [.notFound, .invalid].contains(error.code.category)
            if isMissing, error.code != .notInitialised, error.code != .keyMissing { return nil }
            throw RPCError(1000, "\(error)", data: ["code": .string(error.code.rawValue)])
        }
        let short = Shortener(limit: Answer.limit * 4).shorten(json)
        return .complete([
            ResourceContents(uri: uri, mimeType: "application/json", .text(JSONWriter.text(short)))
        ])
    }

    /// Whether there is a resource at that address which this caller may read.
    package func isKnown(_ uri: String) async -> Bool {
        guard let (family, value) = table.find(uri) else {
            return uri == ProductResources.coverage && table.hasCoverage
        }
        guard let field = family.field, let value else { return true }
        // Whoever sees a backup sees its files, whose list may be long.
        let name = family.tool == "list_backup_files" ? "get_backup" : family.tool
        guard let tool = catalogue[name] else { return false }
        do throws(OperationError) {
            let context = try await makeContext(caller, SilentProgress())
            _ = try await tool.operation.call([field: .string(value)], in: context)
            return true
        } catch { return false }
    }

    /// What an operation gives back, whole.
    func output(
        of tool: String, _ arguments: [String: JSONValue], _ request: RequestContext
    ) async throws(OperationError) -> JSONValue {
        guard let tool = catalogue[tool] else {
            throw OperationError(.levelTooLow, "This connection may not use ‘\(tool)’")
        }
        let context = try await self.context(for: request, of: tool)
        return TerminalText.escapeTree(try await tool.operation.call(arguments, in: context).json)
    }

    /// The names in the list that an operation gives, in its order; none where it cannot.
    func names(_ tool: String, _ member: String, _ key: String) async -> [String] {
        await list(tool, member).compactMap { $0[key]?.string }
    }

    /// The entries of the list, by their names.
    func entries(_ tool: String, _ member: String, _ key: String) async -> [String: JSONValue] {
        let pairs = await list(tool, member).compactMap { entry in entry[key]?.string.map { ($0, entry) } }
        return Dictionary(pairs) { first, _ in first }
    }

    private func list(_ tool: String, _ member: String) async -> [JSONValue] {
        guard let tool = catalogue[tool] else { return [] }
        do throws(OperationError) {
            let context = try await makeContext(caller, SilentProgress())
            let output = try await tool.operation.call([:], in: context).json
            return output[member]?.array ?? []
        } catch {
            // Lists of names help and prove nothing: what is wrong is said by the call that needs it.
            return []
        }
    }

    /// For each machine its newest backup: what is in it, what is not, and when it was proven.
    private func coverage(_ request: RequestContext) async throws(OperationError) -> JSONValue {
        let devices = try await output(of: "list_devices", [:], request)["devices"]?.array ?? []
        var lines: [JSONValue] = []
        for name in devices.compactMap({ $0["name"]?.string }) {
            var line: [String: JSONValue] = ["device": .string(name)]
            do throws(OperationError) {
                let shown = try await output(of: "get_backup", ["backup": .string("latest:\(name)")], request)
                for member in ["id", "status", "started", "verified", "proven"] {
                    line[member] = shown["backup"]?[member]
                }
                line["notCovered"] = shown["notCovered"]
                line["notWhole"] = .array(
                    (shown["sections"]?.array ?? []).filter {
                        ["partial", "denied", "failed"].contains($0["status"])
                    })
            } catch {
                guard error.code == .backupUnknown else { throw error }
                line["status"] = "never backed up"
            }
            lines.append(.object(line))
        }
        return ["devices": .array(lines)]
    }
}
