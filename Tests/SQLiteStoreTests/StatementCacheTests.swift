import Basics
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct StatementCacheTests {
    /// A new database with the table `t`.
    private func database(_ folder: ScratchFolder, _ table: String) throws -> SQLiteConnection {
        let path = folder.path + "/db"
        try TestFiles.write([], to: path)
        let connection = try SQLiteConnection(path, patience: .zero)
        try connection.execute("CREATE TABLE t (\(table))")
        return connection
    }

    @Test func `a statement that is run again begins anew, without the values of before`() throws {
        let folder = try ScratchFolder()
        let connection = try database(folder, "a TEXT")
        for word in ["one", "two", "three"] { try connection.run("INSERT INTO t VALUES (?)", [.text(word)]) }
        // Left in the middle of its rows.
        let texts = try (0..<3).map { _ in try connection.text("SELECT a FROM t ORDER BY a") }
        #expect(texts == ["one", "one", "one"])
        let counts = try ["two", "four"].map {
            try connection.integer("SELECT count(*) FROM t WHERE a = ?", [.text($0)])
        }
        #expect(counts == [1, 0])
    }

    @Test func `the same statement can be under way twice`() throws {
        let folder = try ScratchFolder()
        let connection = try database(folder, "a INTEGER")
        try connection.execute("INSERT INTO t VALUES (1), (2)")
        let outer = try connection.prepare("SELECT a FROM t ORDER BY a")
        var pairs: [Int64] = []
        while try outer.step() {
            let inner = try connection.prepare("SELECT a FROM t ORDER BY a")
            while try inner.step() { pairs.append(10 * outer.integer(0) + inner.integer(0)) }
        }
        #expect(pairs == [11, 12, 21, 22])
    }

    @Test func `a statement outlives a change of its table`() throws {
        let folder = try ScratchFolder()
        let connection = try database(folder, "a INTEGER")
        try connection.execute("INSERT INTO t VALUES (1)")
        let before = try connection.integer("SELECT a FROM t")
        try connection.execute("ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET a = 7")
        let after = try connection.integer("SELECT a FROM t")
        #expect(before == 1 && after == 7)
    }

    @Test func `one that failed works the next time`() throws {
        let folder = try ScratchFolder()
        let connection = try database(folder, "a INTEGER UNIQUE")
        let sql = "INSERT INTO t VALUES (?)"
        try connection.run(sql, [.integer(1)])
        var error: StoreError?
        do throws(StoreError) { try connection.run(sql, [.integer(1)]) } catch let caught { error = caught }
        let changed = try connection.run(sql, [.integer(2)])
        #expect(error != nil && changed == 1)
    }

    @Test func `no more than the limit are kept, and they lock nothing`() throws {
        let folder = try ScratchFolder()
        let connection = try database(folder, "a INTEGER")
        try connection.execute("INSERT INTO t VALUES (1), (2)")
        for number in 0..<(2 * StatementCache.limit) {
            _ = try connection.integer("SELECT a FROM t WHERE a < 10 + \(number) ORDER BY a")
        }
        let kept = connection.keptStatements
        #expect(kept == StatementCache.limit)
        let other = try SQLiteConnection(folder.path + "/db", patience: .zero)
        try other.execute("DROP TABLE t")
    }
}
