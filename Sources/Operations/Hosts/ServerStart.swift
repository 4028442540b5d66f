import Basics

/// What an entry of a host's file starts: a program with its words, or a server elsewhere.
struct ServerStart {
    /// Members that make an entry that of a server elsewhere: next to them a program to start would mean nothing.
    private static let addresses = ["url", "serverUrl", "httpUrl", "uri"]

    /// The program and its words; empty where it has none.
    let words: [JSONValue]
    /// Where the server is; nil for one that is started here.
    let address: JSONValue?

    init(_ entry: JSONValue) {
        let command = entry["command"] ?? entry["cmd"]
        words = (command?.array ?? command.map { [$0] } ?? []) + (entry["args"]?.array ?? [])
        address = Self.addresses.lazy.compactMap { entry[$0] }.first
    }

    /// Whether it starts this program's server, wherever the program lies.
    var isOurs: Bool { words.dropFirst().contains("mcp") }

    /// The address, or the program with its words, for people.
    var target: String { address?.string ?? words.compactMap(\.string).joined(separator: " ") }
}
