import Basics

/// What the fixtures ask.
enum ConformanceForms {
    /// A form of required texts.
    static func form(_ message: String, _ fields: [String]) -> InputRequest {
        .form(
            message: message,
            schema: [
                "type": "object",
                "properties": .object(
                    Dictionary(fields.map { ($0, ["type": "string"]) }) { first, _ in first }),
                "required": .array(fields.map { .string($0) }),
            ])
    }

    /// A question to the client's model.
    static func sampling(_ prompt: String) -> InputRequest {
        .sampling([
            "messages": [["role": "user", "content": ["type": "text", "text": .string(prompt)]]],
            "maxTokens": 100,
        ])
    }

    /// A default for each kind of value.
    static let defaults: JSONValue = [
        "type": "object",
        "properties": [
            "name": ["type": "string", "description": "User name", "default": "John Doe"],
            "age": ["type": "integer", "description": "User age", "default": 30],
            "score": ["type": "number", "description": "User score", "default": .double(95.5)],
            "status": [
                "type": "string", "description": "User status", "enum": ["active", "inactive", "pending"],
                "default": "active",
            ],
            "verified": ["type": "boolean", "description": "Verification status", "default": true],
        ],
        "required": [],
    ]

    private static func titled(_ word: String) -> JSONValue {
        .array(
            [("value1", "First"), ("value2", "Second"), ("value3", "Third")].map {
                ["const": .string($0.0), "title": .string("\($0.1) \(word)")]
            })
    }

    private static let options: JSONValue = ["option1", "option2", "option3"]

    /// Each way to write a choice.
    static let enums: JSONValue = [
        "type": "object",
        "properties": [
            "untitledSingle": ["type": "string", "description": "Select one option", "enum": options],
            "titledSingle": [
                "type": "string", "description": "Select one option with titles", "oneOf": titled("Option"),
            ],
            "legacyEnum": [
                "type": "string", "description": "Select one option (legacy)",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            ],
            "untitledMulti": [
                "type": "array", "description": "Select multiple options", "minItems": 1, "maxItems": 3,
                "items": ["type": "string", "enum": options],
            ],
            "titledMulti": [
                "type": "array", "description": "Select multiple options with titles", "minItems": 1,
                "maxItems": 3, "items": ["anyOf": titled("Choice")],
            ],
        ],
        "required": [],
    ]
}
