import Basics
import ConfigText
import HostConfig

/// What starts this server, as a host's file has it.
struct ServerEntry {
    let name: String
    let value: ConfigValue

    init(
        _ input: InstallServer.Input, paths: StatePaths, environment: [String: String]
    ) throws(OperationError) {
        let isPlain = input.name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isPlain, (1...64).contains(input.name.utf8.count) else {
            throw OperationError(
                .argumentInvalid, "A server cannot be called ‘\(input.name)’",
                hint: "Use 1 to 64 letters, digits, ‘_’ and ‘-’.")
        }
        let unknown = (input.toolsets ?? "").split(separator: ",").first {
            Toolset(rawValue: String($0)) == nil
        }
        if let unknown {
            throw OperationError(
                .argumentInvalid, "There is no toolset ‘\(unknown)’",
                hint: "Toolsets: \(Toolset.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        var words = ["mcp"]
        if let home = Self.home(paths) { words += ["--home", home] }
        if input.level != .read { words += ["--level", input.level.rawValue] }
        if let toolsets = input.toolsets { words += ["--toolsets", toolsets] }
        let command: String
        if let given = input.command {
            command = given
        } else {
            do { command = try ProgramPath.current(path: environment["PATH"]) } catch {
                throw OperationError(
                    .ioFailed, "Where this program lies cannot be told: \(error)",
                    hint: "Name it with --command.")
            }
        }
        name = input.name
        value = input.host.host.form.entry(name: name, command: command, arguments: words)
    }

    /// The folder of the state where one was named, which a host would not know of.
    private static func home(_ paths: StatePaths) -> String? {
        paths.data == paths.configuration && paths.data == paths.state ? paths.data : nil
    }

    /// The members, in order.
    var members: [ConfigValue.Member] {
        guard case .table(let members) = value else { return [] }
        return members
    }
}
