import Basics

/// The prompts of the fixtures.
enum ConformancePrompts {
    static let all = [
        prompt("test_input_required_result_prompt", "Asks for its context."),
        prompt("test_prompt_with_arguments", "Has two arguments.", ["arg1", "arg2"]),
        prompt("test_prompt_with_embedded_resource", "Holds a resource.", ["resourceUri"]),
        prompt("test_prompt_with_image", "Holds a picture."),
        prompt("test_simple_prompt", "Says one thing."),
    ]

    private static func prompt(_ name: String, _ description: String, _ arguments: [String] = []) -> Prompt {
        Prompt(
            name: name, title: name, description: description,
            arguments: arguments.map { .init($0, "A text.", isRequired: true) })
    }

    /// The prompt of that name, filled in.
    static func outcome(
        of name: String, _ arguments: [String: String], answers: [String: JSONValue]
    ) throws(RPCError) -> Outcome<PromptResult> {
        switch name {
        case "test_simple_prompt": return said([.text("This is a simple prompt for testing.")])
        case "test_prompt_with_arguments":
            let values = "arg1='\(arguments["arg1"] ?? "")', arg2='\(arguments["arg2"] ?? "")'"
            return said([.text("Prompt with arguments: \(values)")])
        case "test_prompt_with_embedded_resource":
            return said([
                .embedded(
                    ResourceContents(
                        uri: arguments["resourceUri"] ?? "", mimeType: "text/plain",
                        .text("Embedded resource content for testing."))),
                .text("Please process the embedded resource above."),
            ])
        case "test_prompt_with_image":
            return said([
                .image(base64: ConformanceTools.image, mimeType: "image/png"),
                .text("Please analyze the image above."),
            ])
        case "test_input_required_result_prompt":
            guard let context = answers["user_context"]?["content"]?["context"]?.string else {
                let form = ConformanceForms.form("What context should the prompt use?", ["context"])
                return .inputRequired(InputDemand(["user_context": form]))
            }
            return said([.text("Prompt with context: \(context)")])
        default: throw .invalidParameters("There is no prompt ‘\(name)’")
        }
    }

    private static func said(_ contents: [Content]) -> Outcome<PromptResult> {
        .complete(PromptResult(description: "A fixture.", messages: contents.map { .init(.user, $0) }))
    }
}
