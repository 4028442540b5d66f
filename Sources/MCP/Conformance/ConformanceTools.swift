import Basics

/// The tools of the fixtures, and the answers of those that only answer.
enum ConformanceTools {
    /// A red dot, PNG.
    static let image =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
    /// Silence, WAV.
    private static let sound = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA="

    /// What the tools say that only answer.
    static let plain: [String: ToolResult] = [
        "test_audio_content": ToolResult([.audio(base64: sound, mimeType: "audio/wav")]),
        "test_embedded_resource": ToolResult([
            .embedded(
                ResourceContents(
                    uri: "test://embedded-resource", mimeType: "text/plain",
                    .text("This is an embedded resource content.")))
        ]),
        "test_error_handling": ToolResult(
            [.text("This tool intentionally returns an error for testing")], isError: true),
        "test_image_content": ToolResult([.image(base64: image, mimeType: "image/png")]),
        "test_multiple_content_types": ToolResult([
            .text("Multiple content types test:"), .image(base64: image, mimeType: "image/png"),
            .embedded(
                ResourceContents(
                    uri: "test://mixed-content-resource", mimeType: "application/json",
                    .text(#"{"test":"data","value":123}"#))),
        ]),
        "test_simple_text": ToolResult([.text("This is a simple text response for testing.")]),
    ]

    private static let questions = [
        "capabilities", "elicitation", "list_roots", "multi_round", "multiple_inputs", "request_state",
        "sampling",
        "tampered_state",
    ]

    /// All of them, sorted by name.
    static let all: [Tool] = {
        let names =
            plain.keys + questions.map { "test_input_required_result_" + $0 } + [
                "failing_job", "multi_input", "protocol_error_job", "test_elicitation_sep1034_defaults",
                "test_elicitation_sep1330_enums", "test_logging_tool", "test_missing_capability",
                "test_reconnection", "test_streaming_elicitation", "test_tool_with_logging",
                "test_tool_with_progress", "test_tool_with_task", "test_trigger_prompt_change",
                "test_trigger_tool_change",
            ]
        let withArguments: [(String, JSONValue)] = [
            ("confirm_delete", texts(["filename"])), ("greet", texts(["name"])),
            ("json_schema_2020_12_tool", schema2020), ("slow_compute", slowSchema),
            ("test_elicitation", texts(["message"])), ("test_header_parameter", headerSchema),
            ("test_sampling", texts(["prompt"])),
        ]
        let tools = names.map { ($0, texts([])) } + withArguments
        return tools.sorted { $0.0 < $1.0 }.map { name, schema in
            Tool(
                name: name, title: name, description: "Fixture of the conformance suite: \(name).",
                inputSchema: schema, outputSchema: nil, annotations: nil)
        }
    }()

    private static func texts(_ names: [String]) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": "object",
            "properties": .object(Dictionary(names.map { ($0, ["type": "string"]) }) { first, _ in first }),
        ]
        if !names.isEmpty { members["required"] = .array(names.map { .string($0) }) }
        return .object(members)
    }

    private static let slowSchema: JSONValue = [
        "type": "object",
        "properties": ["seconds": ["type": "number"], "label": ["type": "string"]],
    ]

    private static let headerSchema: JSONValue = [
        "type": "object", "properties": ["region": ["type": "string", "x-mcp-header": "Region"]],
    ]

    /// Every keyword here must reach the client untouched.
    private static let schema2020: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "$defs": [
            "address": [
                "$anchor": "addressDef", "type": "object",
                "properties": ["street": ["type": "string"], "city": ["type": "string"]],
            ]
        ],
        "properties": [
            "name": ["type": "string"], "address": ["$ref": "#/$defs/address"],
            "contactMethod": ["type": "string", "enum": ["phone", "email"]], "phone": ["type": "string"],
            "email": ["type": "string"],
        ],
        "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
        "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
        "then": ["required": ["phone"]], "else": ["required": ["email"]], "additionalProperties": false,
    ]
}
