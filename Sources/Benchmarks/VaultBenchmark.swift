import Basics
import Codecs
import Glibc
import Vault

/// 30,000 small files through the vault, beside restic on the same files in the same run.
///
/// Files lie on a memory file system where there is one; everything the vault does is done from files on it, as
/// restic does. The vault runs in this process: the start of a program is not in its figures, restic's is.
enum VaultBenchmark: Benchmark {
    static let name = "vault"

    static func run() async throws {
        let base = (try Folder.item("/dev/shm")) != nil ? "/dev/shm" : "/tmp"
        let root = "\(base)/holdfast-benchmark-\(getpid())"
        try Folder.createAll(root)
        let result: Result<Void, any Error>
        do {
            try await Run(root: root).all()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try Peer.run("rm -rf '\(root)'")
        try result.get()
    }

    /// One run in a folder of its own.
    private struct Run {
        let root: String
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
            if Peer.isInstalled("restic") { try await restic() }
        }

        private func measure<Result>(_ step: String, _ body: () async throws -> Result) async throws -> Result
        {
            let (measurement, result) = try await Measurement.of(body)
            Measurement.report(name, step, "holdfast", measurement)
            return result
        }

        // MARK: Files

        private func writeFiles() throws {
            var distinct: Set<Int> = []
            var count = 0
            var bytes = 0
            for device in 0..<fleet.devices {
                for file in fleet.files(of: device) {
                    let path = source + "/" + file.path
                    try Folder.createAll(AtomicFile.folder(of: path))
                    let output = try OpenFile(path, .create)
                    try output.write(file.content)
                    distinct.insert(file.content.hashValue)
                    count += 1
                    bytes += file.content.count
                }
            }
            Measurement.report(
                name, "files", "both", nil,
                [
                    "files": .int(Int64(count)), "distinct": .int(Int64(distinct.count)),
                    "bytes": .int(Int64(bytes)),
                ])
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
            let text = try Peer.run(
                "find '\(path)' -type f -printf '%s\\n' | awk '{s+=$1} END {printf \"%d\", s}'")
            return .int(Int64(text) ?? -1)
        }

        private func restOf(_ created: Vault, first: Manifest) async throws {
            Measurement.report(name, "size first", "holdfast", nil, ["bytes": try size(vault)])
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
            let report = try await measure("verify") {
                try await Vault.open(at: vault, key: key).verify([first.id])
            }
            let check = try await measure("check") { try await Vault.open(at: vault, key: key).check() }
            try await measure("restore") { try await restore(first, entries, to: root + "/restored") }
            try changeSome()
            _ = try await measure("1 % changed") { try await backUp(created, parent: unchanged) }
            Measurement.report(
                name, "size second", "holdfast", nil,
                [
                    "bytes": try size(vault), "listed": .int(Int64(list)), "read": .int(Int64(bytes)),
                    "good": .bool(report.isGood && check.isClean), "entries": .int(Int64(entries.count)),
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
            let difference = try Peer.run("diff -rq '\(source)' '\(folder)\(source)' | head -3")
            guard difference.isEmpty else { throw Peer.Failure(description: difference) }
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
            Measurement.report(
                name, "size, 100 devices", "holdfast", nil,
                ["bytes": try size(fleetVault), "packs": .int(Int64(stats.packs))])
            let list = try await measure("list of 100") {
                try await Vault.open(at: fleetVault, key: key).backups().backups.count
            }
            let report = try await measure("prune") { try await created.prune(nil, grace: .zero) }
            Measurement.report(
                name, "pruned", "holdfast", nil,
                [
                    "bytes": try size(fleetVault), "listed": .int(Int64(list)),
                    "repacked": .int(Int64(report.repackedPacks)),
                ])
        }

        // MARK: Restic

        private func restic() async throws {
            let restic = "RESTIC_PASSWORD=x RESTIC_CACHE_DIR='\(root)/cache' restic -q -r '\(root)/restic'"
            try Peer.run("\(restic) init")
            let steps = [
                ("first", "backup '\(source)'"), ("unchanged", "backup '\(source)'"), ("list", "snapshots"),
                ("one file", "dump latest '\(source)/\(fleet.files(of: 57)[123].path)'"),
                ("verify", "check --read-data"),
                ("restore", "restore latest --target '\(root)/restic-restored'"),
            ]
            for (step, command) in steps {
                let (measurement, _) = try await Measurement.of {
                    try Peer.run("\(restic) \(command) > /dev/null")
                }
                Measurement.report(name, step, "restic", measurement)
                if step == "first" {
                    Measurement.report(
                        name, "size first", "restic", nil, ["bytes": try size(root + "/restic")])
                }
            }
        }

        // MARK: Parts

        /// What the parts cost by themselves.
        private func codecs(_ created: Vault, _ manifest: Manifest) async throws {
            let contents = (0..<20).flatMap { fleet.files(of: $0).map(\.content) }
            let bytes = contents.reduce(0) { $0 + $1.count }
            let hash = KeyedHash(key: .random())
            let (hashing, _) = await Measurement.of {
                contents.reduce(0) { $0 &+ Int(hash.digest($1).word0 & 1) }
            }
            Measurement.report(name, "hash", "part", hashing, ["bytes": .int(Int64(bytes))])
            let compressor = try Compressor()
            let (compressing, alone) = try await Measurement.of {
                try contents.reduce(0) { $0 + (try compressor.compress($1).count) }
            }
            Measurement.report(
                name, "zstd, file by file", "part", compressing,
                ["bytes": .int(Int64(bytes)), "compressed": .int(Int64(alone))])
        }
    }
}
