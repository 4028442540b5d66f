import Basics
import Operations

/// Runs the commands that belong to the command line itself.
struct BuiltInRunner {
    let commandLine: CommandLine
    let options: GlobalOptions
    let console: Console

    private var tree: CommandTree { commandLine.tree }

    /// Runs one with arguments already checked.
    func run(_ builtIn: BuiltIn, _ arguments: [String: JSONValue]) async throws(CommandFailure) -> ExitCode {
        switch builtIn {
        case .help: return try await help(arguments["words"]?.array?.compactMap(\.string) ?? [])
        case .version: return try await showVersion()
        case .completion:
            let shell = arguments["shell"]?.string.flatMap { Shell(rawValue: $0) } ?? .bash
            return try await print("script", shell.script(for: tree))
        case .docs:
            let document = arguments["document"]?.string.flatMap { Document(rawValue: $0) } ?? .operations
            return try await print("text", document.text(of: tree))
        case .complete:
            let names = await names(of: arguments["format"]?.string ?? "")
            return try await print("names", names.map { $0 + "\n" }.joined())
        }
    }

    /// Shows what a command that stays told about itself instead.
    func show(_ report: ResidentCommand.Report) async throws(CommandFailure) {
        guard !options.isJSON else {
            return try await console.print(JSONWriter.bytes(report.json, isPretty: true) + [0x0A])
        }
        let style = TextStyle(commandLine.terminal, .output, isColourAllowed: options.isColourAllowed)
        let bytes: [UInt8]
        do { bytes = try DisplayRenderer(style: style).bytes(report.display) } catch { throw .failed(error) }
        try await console.print(bytes)
    }

    /// Explains the words; without words the whole program.
    func help(_ words: [String]) async throws(CommandFailure) -> ExitCode {
        let terminal = commandLine.terminal
        let style = TextStyle(terminal, .output, isColourAllowed: options.isColourAllowed)
        let text: String
        do {
            let page = HelpPage(tree: tree, style: options.isJSON ? .plain : style)
            text = try page.text(words)
        } catch { throw .failed(error) }
        return try await print("help", text)
    }

    /// Shows the version.
    func showVersion() async throws(CommandFailure) -> ExitCode {
        let version = commandLine.version
        guard options.isJSON else { return try await print("", version.lines.map { $0 + "\n" }.joined()) }
        try await console.print(JSONWriter.bytes(version.json, isPretty: true) + [0x0A])
        return .done
    }

    private func print(_ name: String, _ text: String) async throws(CommandFailure) -> ExitCode {
        let json = JSONValue.object([name: .string(text)])
        try await console.print(
            options.isJSON ? JSONWriter.bytes(json, isPretty: true) + [0x0A] : Array(text.utf8))
        return .done
    }

    /// What may stand where a text of that format is asked for: the names that `holdfast FORMAT list` shows.
    ///
    /// Completion must never fail aloud, so that an error means no names.
    private func names(of format: String) async -> [String] {
        guard case .operation(let operation)? = tree.entry([format, "list"])?.action,
            operation.contract.effect == .reads
        else { return [] }
        do {
            let context = try await commandLine.makeContext(options.home, SilentProgress(), nil)
            return Self.names(of: format, in: try await operation.call([:], in: context).json)
        } catch { return [] }
    }

    /// What the elements of the output's list are called: by `id`, where they have one, else by the noun or `name`.
    static func names(of noun: String, in output: JSONValue) -> [String] {
        let list = output[noun + "s"]?.array ?? []
        return list.compactMap { ($0["id"] ?? $0[noun] ?? $0["name"])?.string }.filter { name in
            !name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        }
    }
}
