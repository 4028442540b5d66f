package import MCP
import Operations

extension ProductContent {
    package func prompts() async throws(RPCError) -> [Prompt] { ProductPrompts.prompts(catalogue.names) }

    package func prompt(
        _ name: String, _ arguments: [String: String], in context: RequestContext
    ) async throws(RPCError) -> Outcome<PromptResult> {
        if let name = arguments["device"], ProductResources.value(name) == nil {
            let way = catalogue["list_devices"] == nil ? "" : "; see list_devices"
            throw .invalidParameters("‘device’ must be the name of a machine\(way)")
        }
        if let name = arguments["host"], ProductResources.value(name) == nil {
            throw .invalidParameters("‘host’ must be the short name of a program")
        }
        guard let result = ProductPrompts.text(name, arguments, catalogue.names) else {
            throw .invalidParameters("There is no prompt ‘\(name)’")
        }
        return .complete(result)
    }

    package func complete(_ question: CompletionQuestion) async throws(RPCError) -> Completion? {
        let blanks: [String]
        switch question.place {
        case .prompt(let name):
            guard let prompt = ProductPrompts.prompts(catalogue.names).first(where: { $0.name == name })
            else {
                return nil
            }
            blanks = prompt.arguments.map(\.name)
        case .template(let template):
            guard
                ProductResources(catalogue: catalogue).templates.contains(where: {
                    $0.uriTemplate == template
                })
            else { return nil }
            blanks = ["device", "backup", "plan", "host"].filter { template.contains("{\($0)}") }
        }
        guard blanks.contains(question.argument) else { return nil }
        return Completion(Self.matching(await values(of: question.argument, question.filled), question.text))
    }

    private func values(of blank: String, _ filled: [String: String]) async -> [String] {
        switch blank {
        case "device": return await names("list_devices", "devices", "name")
        case "backup":
            let devices = await names("list_devices", "devices", "name").map { "latest:" + $0 }
            return devices + (await names("list_backups", "backups", "id"))
        case "host": return Set(await names("list_hosts", "hosts", "host")).sorted()
        case "plan": return await names("list_restores", "runs", "plan")
        default: return []
        }
    }

    /// Those that begin with the text, then those that hold it.
    static func matching(_ values: [String], _ text: String) -> [String] {
        let wanted = text.lowercased()
        let first = values.filter { $0.lowercased().hasPrefix(wanted) }
        return first
            + values.filter { value in
                !value.lowercased().hasPrefix(wanted) && value.lowercased().split(separator: wanted).count > 1
            }
    }
}
