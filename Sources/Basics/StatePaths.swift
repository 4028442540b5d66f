/// Where Holdfast keeps its state, as absolute paths; nothing is created or looked at.
///
/// | file | with a home folder | without (XDG folders) |
/// | --- | --- | --- |
/// | vault | `HOME/vault` | `$XDG_DATA_HOME/holdfast/vault` |
/// | key | `HOME/key` | `$XDG_CONFIG_HOME/holdfast/key` |
/// | database | `HOME/holdfast.db` | `$XDG_DATA_HOME/holdfast/holdfast.db` |
/// | checkpoint | `HOME/audit.checkpoint` | `$XDG_STATE_HOME/holdfast/audit.checkpoint` |
///
/// The home folder is what `--home` says, else the variable `HOLDFAST_HOME`. The XDG folders default to `.local/share`,
/// `.config` and `.local/state` in `$HOME`; as their specification asks, a variable that is empty or no absolute path
/// counts as unset.
/// - SeeAlso: XDG Base Directory Specification 0.8
package struct StatePaths: Sendable, Equatable {
    /// The folder of what a person sets: the key, and what they configure.
    package let configuration: String
    /// The folder of what must be kept: the vault and the database.
    package let data: String
    /// The folder of what describes the program's own course: the checkpoint of the audit chain.
    package let state: String

    /// The folder of the vault.
    package var vault: String { data + "/vault" }
    /// The file of the vault's key.
    package var key: String { configuration + "/key" }
    /// The file of the SQLite database: devices and the audit chain.
    package var database: String { data + "/holdfast.db" }
    /// The file that says how long the audit chain is; outside of the database on purpose.
    package var checkpoint: String { state + "/audit.checkpoint" }

    /// - Parameters:
    ///   - home: the value of `--home`; nil when it was not given.
    ///   - environment: the variables of the process.
    ///   - currentFolder: absolute; what a relative home starts from.
    /// - Throws: a sentence when a home is empty or holds a zero byte, or when neither a home nor `$HOME` says where.
    package init(
        home: String? = nil, environment: [String: String], currentFolder: String
    ) throws(StatePathsError) {
        let variable = environment["HOLDFAST_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        if let home = home ?? variable {
            let folder = try Self.absolute(home, from: currentFolder, name: "--home or HOLDFAST_HOME")
            (configuration, data, state) = (folder, folder, folder)
            return
        }
        func folder(_ variable: String, _ fallback: String) throws(StatePathsError) -> String {
            if let value = environment[variable], value.hasPrefix("/") {
                return try Self.absolute(value + "/holdfast", from: "/", name: variable)
            }
            guard let home = environment["HOME"], home.hasPrefix("/") else {
                throw StatePathsError("cannot tell where to keep state: set HOLDFAST_HOME, --home or HOME")
            }
            return try Self.absolute("\(home)/\(fallback)/holdfast", from: "/", name: "HOME")
        }
        configuration = try folder("XDG_CONFIG_HOME", ".config")
        data = try folder("XDG_DATA_HOME", ".local/share")
        state = try folder("XDG_STATE_HOME", ".local/state")
    }

    /// Joins and tidies without looking at the disk; `..` stays, as links may lie before it.
    private static func absolute(
        _ path: String, from folder: String, name: String
    ) throws(StatePathsError) -> String {
        guard !path.isEmpty else { throw StatePathsError("the folder given by \(name) is empty") }
        let joined = path.hasPrefix("/") ? path : folder + "/" + path
        guard !joined.utf8.contains(0) else {
            throw StatePathsError("the folder given by \(name) holds a zero byte")
        }
        let parts = joined.split(separator: "/").filter { $0 != "." }
        return "/" + parts.joined(separator: "/")
    }
}

/// Why no place for the state could be told.
package struct StatePathsError: Error, Equatable, CustomStringConvertible {
    /// What is wrong and what to set, as a clause without a full stop.
    package let description: String

    init(_ description: String) { self.description = description }
}
