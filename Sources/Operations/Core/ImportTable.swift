import Basics

/// What an import did with each backup that it found, as a table.
struct ImportTable {
    /// One backup.
    struct Row {
        /// Whose it is.
        let name: String
        let made: Timestamp
        /// `stored`, `present` or `would-store`.
        let outcome: String
        /// The backup here; nil where none was stored.
        let backup: String?
        /// What is told of its files.
        let files: String
    }

    /// What `Row.name` is.
    let title: String
    /// What `Row.files` is.
    let files: Column
    let rows: [Row]

    var block: DisplayBlock {
        .table(
            columns: [Column(title), "MADE", "OUTCOME", Column("BACKUP", isWhole: true), files],
            rows: rows.map { row in
                [
                    Cell(row.name), Cell(row.made.description),
                    Cell(row.outcome, row.outcome == "stored" ? .good : .plain), Cell(row.backup ?? "–"),
                    Cell(row.files),
                ]
            }, empty: "There is no backup in it.")
    }
}
