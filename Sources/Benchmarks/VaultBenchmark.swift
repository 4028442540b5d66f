import Basics
import Codecs
import Glibc
import Vault

/// 30,000 small files through the vault's own interface, without the start of a program and without a device.
///
/// Files lie on a memory file system where there is one. What remains of the difference to `vault-cli` is the price of
/// everything around the vault.
enum VaultBenchmark: Benchmark {
    static let name = "vault"

    static func run(_ options: Options, _ report: Report) async throws {
        try await ScratchFile.withFolder(ScratchFile.memoryPath("library")) { root in
            try await Run(root: root, report: report).all()
        }
    }

    /// One run in a folder of its own.
    private struct Run {
        let root: String
        let report: Report
        let fleet = FileSet()
        let key = VaultKey.random()

        var source: String { root + "/source" }
        var vault: String { root + "/vault" }

        func all() async throws {
            try writeFiles()
            let created = try await Vault.create(at: vault, key: key)
            let first = try await measure("first") { try await backUp(created, parent: nil) }
            try await restOf(created, first: first)
            try await codecs(created, first)
            try await fleetBackup()
        }

        private func measure<Result>(_ step: String, _ body: () async throws -> Result) async throws -> Result
        {
            let (cost, result) = try await Cost.of(body)
            report.costs(name, step, "vault", [cost])
            return result
        }

        // MARK: Files

        private func writeFiles() throws {
            try fleet.write(below: source)
            report.facts(name, ["files": .int(Int64(fleet.devices * fleet.filesPerDevice))])
        }

        /// Every file below `folder`, with what `lstat` says.
        private func walk(_ folder: String, into entries: inout [FileEntry]) throws {
            for item in try Folder.items(folder) {
                let path = folder + "/" + item.name
                if item.isFolder { try walk(path, into: &entries) }
                entries.append(
                    FileEntry(
                        path: Array(path.utf8), kind: item.isFolder ? .folder : .file, mode: 0o644,
                        user: "root", group: "root", size: item.isFolder ? 0 : item.size,
                        modified: item.modified.nanoseconds, changed: item.modified.nanoseconds))
            }
        }

        // MARK: Backups

        private func backUp(_ vault: Vault, parent: Manifest?, below folder: String? = nil) async throws
            -> Manifest
        {
            let writer = try await vault.beginWriting(what: "benchmark")
            let manifest = try await backUp(vault, writer, parent: parent, below: folder ?? source)
            await writer.finish()
            return manifest
        }

        private func backUp(
            _ vault: Vault, _ writer: VaultWriter, parent: Manifest?, below folder: String
        ) async throws -> Manifest {
            let started = SystemClock().now()
            var entries: [FileEntry] = []
            try walk(folder, into: &entries)
            entries.sort { $0.path.lexicographicallyPrecedes($1.path) }
            var known: [FileEntry] = []
            if let parent { known = try await vault.entries(of: parent) }
            let changed = takeOver(known, into: &entries)
            for start in stride(from: 0, to: changed.count, by: 256) {
                let batch = changed[start..<min(start + 256, changed.count)]
                let contents = try batch.map { index in
                    let file = try OpenFile(String(decoding: entries[index].path, as: UTF8.self), .read)
                    return try file.read(at: 0, count: Int(entries[index].size))
                }
                for (index, pieces) in zip(batch, try await writer.store(contents: contents)) {
                    entries[index].content = pieces
                }
            }
            return try await writer.commit(
                BackupDraft(
                    device: BackupDevice(name: "fleet"), started: started, finished: SystemClock().now(),
                    status: .ok, tool: "benchmark", parent: parent?.id, entries: entries))
        }

        /// Gives files that did not change the contents they had; both lists are sorted by path.
        /// - Returns: which files are new or changed.
        private func takeOver(_ known: [FileEntry], into entries: inout [FileEntry]) -> [Int] {
            var changed: [Int] = []
            var next = 0
            for index in entries.indices where entries[index].kind == .file {
                let entry = entries[index]
                while next < known.count, known[next].path.lexicographicallyPrecedes(entry.path) { next += 1 }
                if next < known.count, known[next].path == entry.path, known[next].size == entry.size,
                    known[next].modified == entry.modified
                {
                    entries[index].content = known[next].content
                } else {
                    changed.append(index)
                }
            }
            return changed
        }

        /// Writes one file in a hundred anew.
        private func changeSome() throws {
            for device in 0..<fleet.devices {
                for (number, file) in fleet.files(of: device).enumerated() where number % 100 == device % 100
                {
                    let path = source + "/" + file.path
                    try Folder.removeFile(path)
                    try OpenFile(path, .create).write(file.content + Array("changed on \(device)\n".utf8))
                }
            }
        }

        private func size(_ path: String) throws -> JSONValue {
            let text = try Command.shell(
                "find '\(path)' -type f -printf '%s\\n' | awk '{s+=$1} END {printf \"%d\", s}'"
            ).text()
            return .int(Int64(text) ?? -1)
        }

        private func restOf(_ created: Vault, first: Manifest) async throws {
            report.facts(name, ["step": "size first", "bytes": try size(vault)])
            let unchanged = try await measure("unchanged") { try await backUp(created, parent: first) }
            let list = try await measure("list") {
                try await Vault.open(at: vault, key: key).backups().backups.count
            }
            let wanted = first.summary.entries > 0 ? source + "/" + fleet.files(of: 57)[123].path : ""
            let bytes = try await measure("one file") {
                let opened = try await Vault.open(at: vault, key: key)
                let manifest = try await opened.manifest(first.id)
                guard let entry = try await opened.entry(at: Array(wanted.utf8), of: manifest) else {
                    return 0
                }
                return try await opened.bytes(of: entry.content).count
            }
            let entries = try await measure("entries") {
                try await Vault.open(at: vault, key: key).entries(of: first)
            }
            let verified = try await measure("verify") {
                try await Vault.open(at: vault, key: key).verify([first.id])
            }
            let check = try await measure("check") { try await Vault.open(at: vault, key: key).check() }
            try await measure("restore") { try await restore(first, entries, to: root + "/restored") }
            try changeSome()
            _ = try await measure("1 % changed") { try await backUp(created, parent: unchanged) }
            report.facts(
                name,
                [
                    "step": "size second",
                    "bytes": try size(vault), "listed": .int(Int64(list)), "read": .int(Int64(bytes)),
                    "good": .bool(verified.isGood && check.isClean), "entries": .int(Int64(entries.count)),
                ])
        }

        private func restore(_ manifest: Manifest, _ entries: [FileEntry], to folder: String) async throws {
            let opened = try await Vault.open(at: vault, key: key)
            let files = entries.filter { $0.kind == .file }
            for entry in entries where entry.kind == .folder {
                try Folder.createAll(folder + String(decoding: entry.path, as: UTF8.self))
            }
            for start in stride(from: 0, to: files.count, by: 256) {
                let batch = Array(files[start..<min(start + 256, files.count)])
                for (entry, content) in zip(batch, try await opened.contents(of: batch)) {
                    try OpenFile(folder + String(decoding: entry.path, as: UTF8.self), .create).write(content)
                }
            }
            try Command(arguments: ["/usr/bin/diff", "-rq", source, folder + source]).run()
        }

        /// One backup a device, twenty devices at a time, through one writer.
        private func fleetBackup() async throws {
            let fleetVault = root + "/fleet"
            let created = try await Vault.create(at: fleetVault, key: key)
            try await measure("100 devices, 20 at once") {
                let writer = try await created.beginWriting(what: "benchmark")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for device in 0..<fleet.devices {
                        if device >= 20 { try await group.next() }
                        group.addTask {
                            _ = try await backUp(
                                created, writer, parent: nil, below: "\(source)/device\(device)")
                        }
                    }
                    try await group.waitForAll()
                }
                await writer.finish()
            }
            let stats = try await created.stats()
            report.facts(
                name,
                [
                    "step": "size, 100 devices", "bytes": try size(fleetVault),
                    "packs": .int(Int64(stats.packs)),
                ])
            let list = try await measure("list of 100") {
                try await Vault.open(at: fleetVault, key: key).backups().backups.count
            }
            let pruned = try await measure("prune") { try await created.prune(nil, grace: .zero) }
            report.facts(
                name,
                [
                    "step": "pruned",
                    "bytes": try size(fleetVault), "listed": .int(Int64(list)),
                    "repacked": .int(Int64(pruned.repackedPacks)),
                ])
        }

        // MARK: Parts

        /// What the parts cost by themselves.
        private func codecs(_ created: Vault, _ manifest: Manifest) async throws {
            let contents = (0..<20).flatMap { fleet.files(of: $0).map(\.content) }
            let bytes = contents.reduce(0) { $0 + $1.count }
            let hash = KeyedHash(key: .random())
            let (hashing, _) = await Cost.of {
                contents.reduce(0) { $0 &+ Int(hash.digest($1).word0 & 1) }
            }
            report.costs(name, "hash of \(ByteCount(Int64(bytes)))", "part", [hashing])
            let compressor = try Compressor()
            let (compressing, alone) = try await Cost.of {
                try contents.reduce(0) { $0 + (try compressor.compress($1).count) }
            }
            report.costs(name, "zstd to \(ByteCount(Int64(alone))), file by file", "part", [compressing])
        }
    }
}
