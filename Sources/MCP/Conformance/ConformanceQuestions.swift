import Basics

/// The fixtures that ask their client for something: functions of what was answered so far.
struct ConformanceQuestions {
    let context: RequestContext
    let arguments: [String: JSONValue]

    private var answers: [String: JSONValue] { context.answers }

    /// What became of the tool; nil for tools that ask nothing.
    func outcome(of tool: String) throws(RPCError) -> Outcome<ToolResult>? {
        switch tool {
        case "test_elicitation": return ask("answer", arguments["message"]?.string ?? "", ["response"])
        case "test_elicitation_sep1034_defaults":
            return ask("answer", "Review the fields", ConformanceForms.defaults)
        case "test_elicitation_sep1330_enums": return ask("answer", "Select options", ConformanceForms.enums)
        case "test_sampling": return sample("sample", arguments["prompt"]?.string ?? "")
        case "test_missing_capability":
            guard context.client.capabilities["sampling"] != nil else {
                throw .missingCapability(
                    ["sampling": [:]], "This needs a client that answers ‘sampling/createMessage’")
            }
            return said("Success")
        case "test_input_required_result_elicitation":
            return text(of: "user_name", "name").map { said("Hello, \($0)!") } ?? asking(["user_name": name])
        case "test_input_required_result_sampling":
            return sample("sample_request", "What is the capital of France?")
        case "test_input_required_result_list_roots":
            guard let roots = answers["roots_request"]?["roots"]?.array else {
                return asking(["roots_request": .roots])
            }
            return said("Found \(roots.count) root(s)")
        case "test_input_required_result_request_state":
            guard context.state?["kind"] == "request-state", answers["confirm"]?["content"]?["ok"] == true
            else {
                return asking(["confirm": confirm], ["kind": "request-state"])
            }
            return said("state-ok: requestState validated")
        case "test_input_required_result_tampered_state":
            guard context.state?["kind"] == "tamper-test", answers["confirm"] != nil else {
                return asking(["confirm": confirm], ["kind": "tamper-test"])
            }
            return said("integrity-ok: state verified")
        case "test_input_required_result_multiple_inputs": return multiple()
        case "test_input_required_result_multi_round": return rounds()
        case "test_input_required_result_capabilities": return capabilities()
        default: return nil
        }
    }

    private func said(_ text: String) -> Outcome<ToolResult> { .complete(ToolResult([.text(text)])) }

    private func asking(
        _ requests: [String: InputRequest], _ state: JSONValue? = nil
    ) -> Outcome<ToolResult> { .inputRequired(InputDemand(requests, state: state)) }

    private var name: InputRequest { ConformanceForms.form("What is your name?", ["name"]) }

    private var confirm: InputRequest {
        .form(
            message: "Please confirm",
            schema: ["type": "object", "properties": ["ok": ["type": "boolean"]], "required": ["ok"]])
    }

    private func text(of answer: String, _ field: String) -> String? {
        answers[answer]?["content"]?[field]?.string
    }

    private func ask(_ key: String, _ message: String, _ fields: [String]) -> Outcome<ToolResult> {
        guard let answer = answers[key] else { return asking([key: ConformanceForms.form(message, fields)]) }
        return answered(answer)
    }

    private func ask(_ key: String, _ message: String, _ schema: JSONValue) -> Outcome<ToolResult> {
        guard let answer = answers[key] else { return asking([key: .form(message: message, schema: schema)]) }
        return answered(answer)
    }

    private func answered(_ answer: JSONValue) -> Outcome<ToolResult> {
        let content = JSONWriter.text(answer["content"] ?? [:])
        return said("User response: action=\(answer["action"]?.string ?? ""), content=\(content)")
    }

    private func sample(_ key: String, _ prompt: String) -> Outcome<ToolResult> {
        guard let answer = answers[key] else { return asking([key: ConformanceForms.sampling(prompt)]) }
        return said("LLM response: \(answer["content"]?["text"]?.string ?? "no response")")
    }

    private func multiple() -> Outcome<ToolResult> {
        guard context.state?["kind"] == "multiple-inputs", let name = text(of: "user_name", "name"),
            let greeting = answers["greeting"], let roots = answers["client_roots"]?["roots"]?.array
        else {
            return asking(
                [
                    "user_name": self.name, "greeting": ConformanceForms.sampling("Generate a greeting"),
                    "client_roots": .roots,
                ], ["kind": "multiple-inputs"])
        }
        let text = greeting["content"]?["text"]?.string ?? ""
        return said("Name: \(name); Greeting: \(text); Roots: \(roots.count)")
    }

    private func rounds() -> Outcome<ToolResult> {
        switch context.state?["round"] {
        case 1?:
            guard let name = text(of: "step1", "name") else { break }
            return asking(
                ["step2": ConformanceForms.form("Step 2: What is your favorite color?", ["color"])],
                ["round": 2, "name": .string(name)])
        case 2?:
            let name = context.state?["name"]?.string ?? ""
            guard let colour = text(of: "step2", "color") else {
                return asking(
                    ["step2": ConformanceForms.form("Step 2: What is your favorite color?", ["color"])],
                    context.state)
            }
            return said("Multi-round complete for \(name) who likes \(colour)")
        default: break
        }
        return asking(["step1": ConformanceForms.form("Step 1: What is your name?", ["name"])], ["round": 1])
    }

    private func capabilities() -> Outcome<ToolResult> {
        guard answers.isEmpty else {
            return said("capabilities-ok: received \(answers.keys.sorted().joined(separator: ","))")
        }
        var requests: [String: InputRequest] = [:]
        if context.client.canElicit("form") {
            requests["elicit_input"] = ConformanceForms.form("Elicitation input", ["value"])
        }
        if context.client.capabilities["sampling"] != nil {
            requests["sample_input"] = ConformanceForms.sampling("Sample request")
        }
        return requests.isEmpty
            ? said("No supported capabilities declared") : asking(requests, ["kind": "capabilities-test"])
    }
}
