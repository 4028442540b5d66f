package import ConfigText

/// A program that starts MCP servers, and where it keeps which ones: one row of `allHosts`.
///
/// This module knows hosts, and neither Holdfast nor how their files are changed.
package struct AssistantHost: Sendable {
    /// Its name in commands.
    package let id: String
    /// Its name for people.
    package let title: String
    package let format: ConfigFormat
    /// What leads from the outermost table to the table of servers.
    package let key: [String]
    package let form: EntryForm
    /// Where its file may lie for each system, likeliest first.
    package let files: [HostSystem: [HostPath]]
    /// Its file in a project, below the project's folder; nil where there is none.
    package let projectFile: String?
    /// Whether the host keeps much else in its file, so that only one that it made itself is touched.
    package let makesFileItself: Bool

    /// - Parameters:
    ///   - linux: the places on this system alone; likewise the others.
    ///   - everywhere: the places that are the same on all systems.
    init(
        _ id: String, _ title: String, _ format: ConfigFormat = .json, _ key: String = "mcpServers",
        form: EntryForm = .plain, linux: [HostPath] = [], mac: [HostPath] = [], windows: [HostPath] = [],
        everywhere: [HostPath] = [], project: String? = nil, makesFileItself: Bool = false
    ) {
        self.id = id
        self.title = title
        self.format = format
        self.key = [key]
        self.form = form
        files = [
            .linux: linux + everywhere, .mac: mac + everywhere, .windows: windows + everywhere,
        ]
        projectFile = project
        self.makesFileItself = makesFileItself
    }

    /// The host of that name.
    package static func named(_ id: String) -> AssistantHost? { allHosts.first { $0.id == id } }

    /// Where its file may lie, likeliest first; none where the environment does not tell.
    package func paths(on system: HostSystem, _ environment: [String: String]) -> [String] {
        places(on: system, environment).map(\.text)
    }

    /// The same, patterns included, in parts.
    package func places(on system: HostSystem, _ environment: [String: String]) -> [ResolvedPath] {
        (files[system] ?? []).compactMap { $0.resolved(environment) }
    }

    /// The file that a variable made for it names; nil where none is set.
    package func named(on system: HostSystem, _ environment: [String: String]) -> String? {
        (files[system] ?? []).filter(\.isNamedByVariable).compactMap { $0.resolved(environment)?.text }.first
    }

    /// What leads to the server `name` in its file.
    package func place(of name: String) -> [String] { key + [name] }
}
