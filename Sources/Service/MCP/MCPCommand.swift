import Basics
package import HTTP
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
        /// Where requests run; nil for the system's pool.
        package let executor: (any TaskExecutor)?

        package init(
            userName: String, sealer: any StateSealer, executor: (any TaskExecutor)? = nil,
            makeContext: @escaping ProductContent.ContextBuilder
        ) {
            self.userName = userName
            self.sealer = sealer
            self.executor = executor
            self.makeContext = makeContext
        }
    }

    let operations: [AnyOperation]
    /// Serves the fixtures of the conformance suite where they are wanted over HTTP.
    let http: any HTTPServing

    package init(operations: [AnyOperation], http: any HTTPServing) {
        self.operations = operations
        self.http = http
    }

    /// Serves, or tells about the tools.
    /// - Parameter makeParts: called when there is something to serve.
    /// - Returns: the description that was asked for; nil after serving.
    package func run(
        _ options: MCPOptions, _ makeParts: () throws(OperationError) -> Parts
    ) async throws(OperationError) -> ToolDescription? {
        let catalogue: ToolCatalogue
        do {
            catalogue = try ToolCatalogue(
                operations, level: options.accessLevel, toolsets: try options.chosenToolsets())
        } catch let error as OperationError { throw error } catch {
            throw OperationError(.internalFailure, "An operation does not tell its output: \(error)")
        }
        if options.conformance {
            try await serveFixtures(options, try makeParts().sealer)
            return nil
        }
        guard options.listen == nil else {
            throw OperationError(
                .argumentInvalid, "Assistants are served over HTTP by ‘holdfast serve’",
                hint: "See: holdfast serve --help")
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
                information: Self.information,
                instructions: Instructions.text(for: options.accessLevel, catalogue.names),
                content: content, sealer: parts.sealer, executor: parts.executor))
    }

    private func serveFixtures(
        _ options: MCPOptions, _ sealer: any StateSealer
    ) async throws(OperationError) {
        guard let address = options.listen else {
            return try await serve(
                Server(
                    information: Self.information, instructions: "Fixtures of the conformance suite.",
                    content: ConformanceContent(), sealer: sealer))
        }
        try await ConformanceServer(http: http, sealer: sealer).run(at: address) { line in
            // Whoever started it may have closed the stream; it serves all the same.
            try? StandardStream.error.write(Array((line + "\n").utf8))
        }
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
