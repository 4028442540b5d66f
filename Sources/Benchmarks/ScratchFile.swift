import Basics
import Glibc

/// Names of files and folders that only this process uses.
enum ScratchFile {
    /// A memory file system that belongs to this run alone; the disk where `scripts/bench-memory` made none.
    ///
    /// Not `/dev/shm`: what lies below `/dev` is never backed up.
    static var memory: String { ProcessEnvironment.all["BENCH_MEMORY"] ?? "/tmp" }

    /// The path of `name` on the disk.
    static func path(_ name: String) -> String { "/tmp/holdfast-bench-\(getpid())-\(name)" }

    /// The path of `name` in memory.
    static func memoryPath(_ name: String) -> String { "\(memory)/holdfast-bench-\(getpid())-\(name)" }

    /// Runs `body` with the folder `path`, which is removed afterwards.
    static func withFolder<Result>(_ path: String, _ body: (String) async throws -> Result) async throws
        -> Result
    {
        try Folder.createAll(path)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(path)) } catch { result = .failure(error) }
        try Command(arguments: ["/bin/rm", "-rf", path]).run()
        return try result.get()
    }

    /// Reads a file and removes it.
    static func take(_ path: String) throws -> String {
        let text = try read(path)
        try Folder.removeFile(path)
        return text
    }

    /// The text of a file.
    static func read(_ path: String) throws -> String {
        let file = try OpenFile(path, .read)
        return String(decoding: try file.read(at: 0, count: Int(try file.size())), as: UTF8.self)
    }

    /// Writes a file anew.
    static func write(_ bytes: [UInt8], to path: String) throws {
        if try Folder.item(path) != nil { try Folder.removeFile(path) }
        try OpenFile(path, .create).write(bytes)
    }
}
