/// A path of a host's file, written with the places it begins at.
///
/// `{home}`, `{config}` (`$XDG_CONFIG_HOME` or `{home}/.config`), `{support}` (`Library/Application Support`), `{roaming}`
/// and `{local}` (Windows' folders of programs), or `{$NAME}` for a variable. A path whose place is not known counts as
/// none. Slashes stand between the parts on every system; a `*` in a part stands for any text.
package struct HostPath: Sendable, Equatable, ExpressibleByStringLiteral {
    let template: String

    package init(stringLiteral value: String) { template = value }

    /// Whether it begins with a variable that is made for its host.
    var isNamedByVariable: Bool { template.hasPrefix("{$") }

    /// The path for these variables; nil where its place is not known.
    package func resolved(_ environment: [String: String]) -> ResolvedPath? {
        guard template.hasPrefix("{"), let close = template.firstIndex(of: "}") else {
            return ResolvedPath(folder: "", below: template[...])
        }
        let place = template[template.index(after: template.startIndex)..<close]
        guard let folder = Self.folder(String(place), environment) else { return nil }
        return ResolvedPath(folder: folder, below: template[template.index(after: close)...])
    }

    /// The same for a POSIX shell of the machine that it is on: a test that has to hold before, with what joins it to a
    /// command, the folder as a word, and the names below it, in which a `*` stands for any text.
    ///
    /// Nil for a place that Linux does not have.
    package var shell: (condition: String, folder: String, parts: [String])? {
        guard template.hasPrefix("{"), let close = template.firstIndex(of: "}") else {
            return ("", "", Self.parts(template[...]))
        }
        let place = template[template.index(after: template.startIndex)..<close]
        let parts = Self.parts(template[template.index(after: close)...])
        switch place {
        case "home": return ("[ -n \"${HOME-}\" ] && ", "\"$HOME\"", parts)
        case "config": return ("[ -n \"${HOME-}\" ] && ", "\"$hf_config\"", parts)
        default:
            guard place.hasPrefix("$") else { return nil }
            let name = place.dropFirst()
            return ("[ -n \"${\(name)-}\" ] && ", "\"$\(name)\"", parts)
        }
    }

    private static func parts(_ text: Substring) -> [String] { text.split(separator: "/").map(String.init) }

    private static func folder(_ place: String, _ environment: [String: String]) -> String? {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        switch place {
        case "home": return variable("HOME") ?? variable("USERPROFILE")
        case "config":
            // As its specification asks, a relative one counts as unset.
            if let named = variable("XDG_CONFIG_HOME"), named.hasPrefix("/") { return named }
            return variable("HOME").map { $0 + "/.config" }
        case "support": return variable("HOME").map { $0 + "/Library/Application Support" }
        case "roaming": return variable("APPDATA")
        case "local": return variable("LOCALAPPDATA")
        default: return place.hasPrefix("$") ? variable(String(place.dropFirst())) : nil
        }
    }
}
