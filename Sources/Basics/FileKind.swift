/// What the name of a file says about how values are written in it.
///
/// In the source of a program, what stands without quotation marks is a variable, a call or a type; anywhere else it is
/// the value itself.
package enum FileKind: Sendable {
    /// No name is known.
    case unknown
    /// A configuration, a script of a shell, a note: whatever its lines look like.
    case text
    /// The source of a program.
    case program(SourceGrammar)

    /// - Parameter path: a path or a name alone.
    package init(path: String) {
        let file = path.utf8.split(separator: UInt8(ascii: "/")).last ?? []
        guard let dot = file.lastIndex(of: UInt8(ascii: ".")), dot > file.startIndex else {
            self = .text
            return
        }
        let ending = String(decoding: file[file.index(after: dot)...], as: UTF8.self).lowercased()
        self = SourceGrammar.byEnding[ending].map(FileKind.program) ?? .text
    }
}
