/// What systemd takes as the name of a unit.
///
/// A file that is called otherwise is no unit, however it ends. A name that systemd takes may still begin with a dash, or
/// mean several units to a program that takes patterns: neither must reach a command line as it stands.
/// - SeeAlso: systemd.unit(5)
package enum UnitName {
    /// Longest name, in bytes.
    private static let limit = 255
    private static let kinds = [
        ".service", ".socket", ".target", ".timer", ".mount", ".automount", ".path", ".slice", ".swap",
        ".scope", ".device",
    ]

    /// Whether a name ends as the name of a unit does.
    package static func isOfKind(_ name: some StringProtocol) -> Bool {
        kinds.contains { name.hasSuffix($0) }
    }

    /// `x@.service` of `x@y.service`; nil for what is no instance.
    package static func template(of name: String) -> String? {
        guard let at = name.firstIndex(of: "@"), let dot = name.lastIndex(of: "."), at < dot,
            name.index(after: at) < dot
        else { return nil }
        return String(name[...at] + name[dot...])
    }

    /// Whether systemd loads a unit of this name.
    package static func isLoadable(_ name: some StringProtocol) -> Bool {
        guard name.utf8.count <= limit, let kind = kinds.first(where: { name.hasSuffix($0) }),
            name.utf8.count > kind.utf8.count, name.first != "@"
        else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: ":-_.\\@".utf8.contains(byte)
            }
        }
    }
}

extension RestoreStep {
    /// The name under which a file that comes or changes would be a unit; nil where it is in no folder of units.
    var unitName: Substring? {
        guard action == .create || action == .replace, areas.contains("units"),
            let name = name.split(separator: "/").last, UnitName.isOfKind(name)
        else { return nil }
        return name
    }
}
