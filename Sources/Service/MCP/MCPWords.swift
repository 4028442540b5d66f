package import Operations

/// The words of `holdfast mcp` in help and documents.
package enum MCPWords {
    package static let summary = "Serve an AI assistant over standard input and output (MCP)"
    package static let discussion = """
        Speaks the Model Context Protocol, revisions 2024-11-05 to 2026-07-28, until the assistant's program closes the \
        connection. Without --level it may only look. At ‘destroy’ it still cannot approve anything: what may lose something \
        is carried out only after a person approved the plan at a terminal, or adopted a policy that covers it.
        """
    package static let examples = [
        Contract.Example("holdfast mcp", "what an assistant's configuration starts: reading only"),
        Contract.Example(
            "holdfast mcp --level propose --toolsets core,restore", "it may also plan restores"),
        Contract.Example("holdfast mcp --describe", "which tools there are, and what they cost in tokens"),
    ]
}
