import Operations

extension Toolset {
    /// Those that are given where none are asked for, as they are written.
    static let usual = "core,backups,restore"

    /// The toolsets that a list of names joined by commas means.
    /// - Throws: `argumentInvalid` for a name that means none.
    static func named(_ words: String) throws(OperationError) -> Set<Toolset> {
        var chosen: Set<Toolset> = []
        let names = words.split(whereSeparator: { $0 == "," || $0 == " " })
        // A program's form that was left empty asks for nothing in particular.
        guard !names.isEmpty else { return try named(usual) }
        for name in names {
            guard let toolset = Toolset(rawValue: String(name)) else {
                let known = Toolset.allCases.map(\.rawValue).joined(separator: ", ")
                throw OperationError(
                    .argumentInvalid, "There is no toolset ‘\(name)’", hint: "Toolsets: \(known).")
            }
            chosen.insert(toolset)
        }
        return chosen
    }
}
