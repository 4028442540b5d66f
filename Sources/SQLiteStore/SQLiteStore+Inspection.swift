package import Storage

extension SQLiteStore: StoreInspection {
    /// How many problems are named.
    private static let problemLimit = 20

    package func problems() throws(StoreError) -> [String] {
        try using { (connection) throws(StoreError) in
            let pages = try connection.prepare("PRAGMA integrity_check(\(Self.problemLimit))")
            var problems: [String] = []
            while try pages.step() { problems.append(pages.text(0)) }
            if problems == ["ok"] { problems = [] }
            let references = try connection.prepare("PRAGMA foreign_key_check")
            while try references.step(), problems.count < Self.problemLimit {
                problems.append("a row of table \(references.text(0)) refers to one that is not there")
            }
            return problems
        }
    }
}
