package import ConfigText

/// How a host writes a server that it starts itself.
package enum EntryForm: Sendable, CaseIterable {
    /// `command` and `args`.
    case plain
    /// The same with `type`: `stdio`.
    case typed
    /// The same with `type`: `local` and all tools.
    case copilot
    /// The same with `source`: `custom`.
    case zed
    /// One list for the program and its words.
    case openCode
    /// One of a list, with its name inside.
    case listed
    /// `cmd` and `args`, and what else an extension has.
    case goose

    /// The entry that starts `command` with `arguments`.
    package func entry(name: String, command: String, arguments: [String]) -> ConfigValue {
        let words = ConfigValue.list(arguments.map { .text($0) })
        let program = ConfigValue.Member("command", .text(command))
        let plain = [program, .init("args", words)]
        switch self {
        case .plain: return .table(plain)
        case .typed: return .table([.init("type", .text("stdio"))] + plain)
        case .copilot:
            return .table(
                [.init("type", .text("local"))] + plain + [.init("tools", .list([.text("*")]))])
        case .listed: return .list([.table([.init("name", .text(name))] + plain)])
        case .zed: return .table([.init("source", .text("custom"))] + plain)
        case .openCode:
            return .table([
                .init("type", .text("local")),
                .init("command", .list([.text(command)] + arguments.map { .text($0) })),
                .init("enabled", .flag(true)),
            ])
        case .goose:
            return .table([
                .init("name", .text(name)), .init("type", .text("stdio")), .init("enabled", .flag(true)),
                .init("cmd", .text(command)), .init("args", words), .init("timeout", .integer(300)),
            ])
        }
    }
}
