package import Basics
package import MCP
package import Operations

/// `holdfast mcp`: Holdfast for assistants, over standard input and output.
package struct MCPCommand: Sendable {
    /// The parts that only the program can make.
    package struct Parts: Sendable {
        /// Claims standard output for the protocol and serves until the client is gone.
        package let makeContext: ProductContent.ContextBuilder
        /// The name of the person whose process this is.
        package let userName: String
        package let sealer: any StateSealer

        package init(
            userName: String, sealer: any StateSealer, makeContext: @escaping ProductContent.ContextBuilder
        ) {
            self.userName = userName
            self.sealer = sealer
            self.makeContext = makeContext
        }
    }

    package static let words = ["mcp"]
    package static let summary = "Serve an AI assistant over standard input and output (MCP)"
    package static let discussion = """
        Speaks the Model Context Protocol, revisions 2024-11-05 to 2026-07-28, until the assistant's program closes the \
        connection. Without --level it may only look. At ‘destroy’ it still cannot approve anything: what may lose something \
        is carried out only after a person approved the plan at a terminal.
        """
    package static let examples = [
        Contract.Example("holdfast mcp", "what an assistant's configuration starts: reading only"),
        Contract.Example(
            "holdfast mcp --level propose --toolsets core,restore", "it may also plan restores"),
        Contract.Example("holdfast mcp --describe", "which tools there are, and what they cost in tokens"),
    ]
    /// What `holdfast help` does not show.
    package static let hidden: Set = ["conformance"]

    /// What it takes.
    package static var fields: [OperationField] { OperationField.table(of: MCPOptions()) }

    let operations: [AnyOperation]

    package init(operations: [AnyOperation]) { self.operations = operations }

    /// Serves, or tells about the tools.
    /// - Parameter makeParts: called when there is something to serve.
    /// - Returns: the description that was asked for; nil after serving.
    package func run(
        _ arguments: [String: JSONValue], _ makeParts: () throws(OperationError) -> Parts
    ) async throws(OperationError) -> ToolDescription? {
        let options = try MCPOptions(arguments)
        let catalogue: ToolCatalogue
        do {
            catalogue = try ToolCatalogue(
                operations, level: options.accessLevel, toolsets: try options.chosenToolsets())
        } catch let error as OperationError { throw error } catch {
            throw OperationError(.internalFailure, "An operation does not tell its output: \(error)")
        }
        if options.conformance {
            try await serve(
                Server(
                    information: Self.information, instructions: "Fixtures of the conformance suite.",
                    content: ConformanceContent(), sealer: try makeParts().sealer))
            return nil
        }
        if options.describe { return ToolDescription(catalogue) }
        try await serve(catalogue, options, try makeParts())
        return nil
    }

    private func serve(
        _ catalogue: ToolCatalogue, _ options: MCPOptions, _ parts: Parts
    ) async throws(OperationError) {
        let caller = Caller(
            actor: "assistant:\(parts.userName)", surface: "mcp", level: options.accessLevel)
        let content = ProductContent(catalogue: catalogue, caller: caller, makeContext: parts.makeContext)
        try await serve(
            Server(
                information: Self.information, instructions: Instructions.text(for: options.accessLevel),
                content: content, sealer: parts.sealer))
    }

    /// Takes standard output for the protocol and serves until the client is gone.
    private func serve(_ server: Server) async throws(OperationError) {
        let output: ProtocolStream
        do { output = try ProtocolStream.claimOutput() } catch {
            throw OperationError(.ioFailed, "Standard output cannot be taken for the protocol: \(error)")
        }
        await StdioTransport(input: StandardStream.input.rawValue, output: output.descriptor).serve(server)
    }

    /// What the server says of itself.
    static let information = Implementation(
        name: "holdfast", title: "Holdfast", version: ProgramInfo.version,
        description: "Backs up Linux machines, shows that they can be got back, and gets them back.")
}
