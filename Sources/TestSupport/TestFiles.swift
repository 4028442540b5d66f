import FoundationEssentials

/// Reading and writing files of the source tree and of scratch folders in tests.
package enum TestFiles {
    /// The folder that holds the source file `file`; pass `#filePath`.
    package static func folder(of file: String) -> String {
        file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    /// The names in the folder `path`, sorted; none when there is no such folder.
    package static func names(in path: String) -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [] }
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The content of the file `path`; nil when there is none.
    package static func bytes(at path: String) -> [UInt8]? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        return [UInt8](data)
    }

    /// Writes `bytes` to the file `path` and makes it executable when `isExecutable`.
    /// - Throws: what the file system reports.
    package static func write(_ bytes: [UInt8], to path: String, isExecutable: Bool = false) throws {
        guard isExecutable else { return try Data(bytes).write(to: URL(filePath: path)) }
        // Another process writes it: a child that some test starts at this moment would inherit an open file of ours, and
        // a program that is open for writing cannot be started.
        let text = path + ".text"
        try Data(bytes).write(to: URL(filePath: text))
        try Shell.run("cp '\(text)' '\(path)' && chmod 755 '\(path)' && rm '\(text)'")
    }

    /// Makes the folder `path`; the folder it lies in has to be there.
    /// - Throws: what the file system reports.
    package static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    /// Calls `body` with a new empty folder that is removed afterwards.
    /// - Throws: what `body` throws or the file system reports.
    package static func withScratchFolder<Result>(
        _ body: (_ path: String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "holdfast-test-" + UUID().uuidString).path()
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(folder)) } catch { result = .failure(error) }
        try FileManager.default.removeItem(atPath: folder)
        return try result.get()
    }
}
