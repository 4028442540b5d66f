import Basics
import CLI
import Codecs
import Glibc
import HTTPTransport
import Operations
import Program
import SQLiteStore
import SSHClient
import Service

/// Builds the concrete parts and runs the command line.
@main
struct Main {
    static func main() {
        let arguments = ProcessArguments.all
        ProcessHeap.shareArenas(isServer(arguments) ? 4 : 1)
        StandardStream.occupyClosed()
        // All work is done on other threads, this one would only wait for it: nothing is for the main actor.
        ProcessSignals.begin({ await run(arguments) }, { leave($0) })
        while true { pause() }
    }

    private static func run(_ arguments: [[UInt8]]) async -> Int32 {
        if let home = JobProcess.home(arguments.map { String(decoding: $0, as: UTF8.self) }) {
            return await JobProcess.run(home: home, makeContext: context)
        }
        let version = ProgramVersion(
            version: ProgramInfo.version, commit: nil, swift: ProgramInfo.swift, libraries: libraries)
        let commandLine = CommandLine(
            operations: allOperations, residents: [mcp, serve], version: version, terminal: ProcessTerminal(),
            makeContext: context)
        return await commandLine.run(words: arguments)
    }

    /// Ends the process at once: threads may be at work in libraries, which free at `exit` what these still use.
    private static func leave(_ status: Int32) -> Never { _exit(status) }

    /// Whether the process stays and answers; a value of that name costs no more than some memory.
    private static func isServer(_ arguments: [[UInt8]]) -> Bool {
        arguments.contains { $0.elementsEqual("mcp".utf8) || $0.elementsEqual("serve".utf8) }
    }

    @Sendable private static func libraries() -> [ProgramVersion.Library] {
        (SSHLibraries.versions + StoreLibraries.versions + CodecLibraries.versions
            + TransportLibraries.versions)
            .map { ProgramVersion.Library($0.name, $0.version) }
    }

    @Sendable private static func context(
        home: String?, progress: any ProgressReporter, logLevel: Log.Level?
    ) async throws(OperationError) -> OperationContext {
        let caller = Caller(
            actor: Caller.personPrefix + ProcessEnvironment.userName, surface: "cli", level: .destroy)
        return try parts(home, logLevel).context(for: caller, progress)
    }

    private static func parts(
        _ home: String?, _ logLevel: Log.Level?
    ) throws(OperationError) -> ProgramParts {
        try ProgramParts(
            home: home, logLevel: logLevel, launcher: JobProcess.Launcher(home: home),
            libraries: LateLibraries.all)
    }

    /// What assistants may be offered.
    private static let offered = allOperations + compatibilityOperations

    private static let mcp = ResidentCommand(
        ["mcp"], summary: MCPWords.summary, discussion: MCPWords.discussion, examples: MCPWords.examples,
        hidden: MCPOptions.hidden, input: MCPOptions.self
    ) { (options: MCPOptions, call: ResidentCommand.Call) async throws(OperationError) in
        let command = MCPCommand(operations: offered, http: EventHTTPServer())
        let description = try await command.run(options) { () throws(OperationError) in
            let parts = try parts(call.home, call.logLevel)
            ProgramPages.giveBackSoon()
            return MCPCommand.Parts(
                userName: ProcessEnvironment.userName, sealer: ProcessSealer(), executor: parts.workers
            ) {
                (caller, progress) async throws(OperationError) in parts.context(for: caller, progress)
            }
        }
        return description.map { ResidentCommand.Report(json: $0.json, display: $0.display) }
    }

    private static let serve = ResidentCommand(
        ["serve"], summary: ServeWords.summary, discussion: ServeWords.discussion,
        examples: ServeWords.examples, input: ServeOptions.self
    ) { (options: ServeOptions, call: ResidentCommand.Call) async throws(OperationError) in
        let parts = try parts(call.home, call.logLevel ?? .warning)
        let nobody = Caller(actor: "service", surface: "http", level: .read)
        let serve = Serve(
            server: EventHTTPServer(workers: parts.workers), fetcher: CurlFetcher(), operations: offered,
            sealer: ProcessSealer(), executor: parts.workers,
            context: parts.context(for: nobody, SilentProgress()))
        ProgramPages.giveBackSoon()
        try await serve.run(options) { line in
            // Whoever started it may have closed the stream; it serves all the same.
            try? StandardStream.error.write(Array((line + "\n").utf8))
        }
        return nil
    }
}
