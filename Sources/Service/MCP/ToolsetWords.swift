import Operations

extension Toolset {
    /// Those that are given where none are asked for, as they are written.
    static let usual = "core,backups,restore"

    /// The toolsets that a list of names joined by commas means.
    /// - Throws: `argumentInvalid` for a name that means none.
    static func named(_ words: String) throws(OperationError) -> Set<Toolset> {
        var chosen: Set<Toolset> = []
        for name in words.split(separator: ",", omittingEmptySubsequences: true) {
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
