import Basics
import Collectors
import RemoteExecution
import Restore
import Vault

/// What only those who know the files can say: compose projects, volumes, services, databases, archives.
struct DrillInspection {
    /// Longest compose file that is read, in bytes; most projects; most unit files.
    private static let textLimit: Int64 = 1 << 20
    private static let projectLimit = 500
    private static let unitLimit = 500
    /// How many earlier backups are asked what a volume held.
    private static let earlierLimit = 20

    let context: OperationContext
    let vault: Vault
    let manifest: Manifest
    /// Every entry of the backup.
    let all: [FileEntry]
    /// Those that lie in the scratch folder.
    let restored: [FileEntry]
    /// Paths whose content could not be read: what they belong to is not judged by its programs.
    let damaged: Set<[UInt8]>
    let scratch: DrillScratch

    /// Every check, one sort after the other.
    func checks(_ sections: [String]) async throws -> [DrillCheck] {
        let projects = try await compose()
        let volumes = try await volumes(sections)
        let areas = try await validators()
        let files = try await dataFiles()
        return projects + volumes + areas + files
    }

    // MARK: Compose

    /// One check of each compose file in scope, and of those that the projects name.
    func compose() async throws -> [DrillCheck] {
        let files = restored.filter { entry in
            entry.kind == .file && entry.size <= Self.textLimit && sectionName(entry) == ComposeCollector.name
                && ComposeAudit.isComposeFile(DeviceText.string(entry.path))
        }
        var checks: [DrillCheck] = []
        let byPath = Dictionary(all.map { (DeviceText.string($0.path), $0) }) { first, _ in first }
        let held = Self.whatIsHeld(byPath)
        let audit = ComposeAudit { held.contains($0) }
        let values = files.isEmpty ? [:] : try await environments()
        for entry in files.prefix(Self.projectLimit) {
            try Task.checkCancellation()
            let path = DeviceText.string(entry.path)
            let text = String(decoding: try await vault.bytes(of: entry.content), as: UTF8.self)
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            var environment: String?
            if let file = byPath["/\(folder)/.env"], file.kind == .file, file.size <= Self.textLimit {
                environment = String(decoding: try await vault.bytes(of: file.content), as: UTF8.self)
            }
            checks.append(
                audit.check(
                    ComposeAudit.Project(
                        path: path, text: text, environment: environment, values: values["/" + folder] ?? []))
            )
        }
        return checks + (try await missingProjects(held))
    }

    /// Names of variables with a value in the containers of projects, by the folder of the project.
    private func environments() async throws -> [String: Set<String>] {
        var names: [String: Set<String>] = [:]
        for container in try await EngineReading.state(of: manifest, in: vault).containers.values {
            guard let folder = container.label("com.docker.compose.project.working_dir") else { continue }
            for text in (container.config["Env"]?.array ?? []).compactMap(\.string) {
                let parts = text.split(separator: "=", maxSplits: 1)
                if parts.count == 2 { names[folder, default: []].insert(String(parts[0])) }
            }
        }
        return names
    }

    /// Files and links that lead to a file.
    private static func whatIsHeld(_ byPath: [String: FileEntry]) -> Set<String> {
        func leadsToFile(_ path: String, _ depth: Int) -> Bool {
            guard let entry = byPath[path], depth < 10 else { return false }
            guard entry.kind == .symbolicLink else { return entry.kind == .file || entry.kind == .hardLink }
            let folder = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
            return leadsToFile(
                ComposeAudit.absolute(DeviceText.string(entry.linkTarget), in: folder), depth + 1)
        }
        return Set(byPath.keys.filter { leadsToFile($0, 0) })
    }

    /// Compose files that running projects were started from and that the backup lacks.
    private func missingProjects(_ held: Set<String>) async throws -> [DrillCheck] {
        guard restored.contains(where: { sectionName($0) == ComposeCollector.name }) else { return [] }
        return try await items(ComposeCollector.name).compactMap { item in
            let named = (item.fields["files"]?.array ?? []).compactMap(\.string)
            let missing = named.filter { !held.contains($0) }
            guard !missing.isEmpty else { return nil }
            return DrillCheck(
                "compose project \(item.name)", .failed,
                "not in the backup: \(missing.prefix(5).joined(separator: ", "))")
        }
    }

    // MARK: Volumes

    /// One check of each Docker volume; none where the backup has no data section in scope.
    func volumes(_ sections: [String]) async throws -> [DrillCheck] {
        let name = "container-data"
        guard sections.isEmpty || sections.contains(name) else { return [] }
        let volumes = try await items(DockerVolumesCollector.name).filter {
            $0.fields["driver"]?.string == "local"
        }
        guard manifest.sections.contains(where: { $0.name == name }) else {
            return volumes.isEmpty
                ? []
                : [
                    DrillCheck(
                        "volumes", .notChecked,
                        "the backup was made without --include-data: of \(volumes.count) volumes it has no contents"
                    )
                ]
        }
        let (uses, binds) = try await mounts()
        var checks: [DrillCheck] = []
        for volume in volumes {
            try Task.checkCancellation()
            guard let place = volume.fields["mountpoint"]?.string else { continue }
            let files = Self.files(of: place, in: restored)
            let earlier = files == 0 ? try await earlierFiles(of: place) : nil
            checks.append(
                VolumeAudit().check(
                    VolumeAudit.Volume(
                        name: volume.name, files: files, uses: uses[volume.name] ?? [], earlier: earlier)))
        }
        return try await checks + emptied(binds)
    }

    /// A check of each bind mount that is an empty folder in the backup: others are compared with it byte by byte.
    private func emptied(_ binds: [String: [VolumeAudit.Use]]) async throws -> [DrillCheck] {
        let folders = Set(restored.lazy.filter { $0.kind == .folder }.map(\.path))
        var checks: [DrillCheck] = []
        for (place, uses) in binds.sorted(by: { $0.key < $1.key })
        where folders.contains(Array(place.utf8)) && Self.files(of: place, in: restored) == 0 {
            try Task.checkCancellation()
            checks.append(
                VolumeAudit().check(
                    VolumeAudit.Volume(
                        name: TerminalText.escape(place), isBind: true, files: 0, uses: uses,
                        earlier: try await earlierFiles(of: place))))
        }
        return checks
    }

    /// How many things that are no folders lie below `place`; nil when there is not even the folder.
    private static func files(of place: String, in entries: [FileEntry]) -> Int? {
        let root = Array(place.utf8)
        let below = root + [0x2F]
        var isThere = false
        var count = 0
        for entry in entries {
            if entry.path == root { isThere = true }
            guard entry.path.starts(with: below) else { continue }
            isThere = true
            if entry.kind != .folder { count += 1 }
        }
        return isThere ? count : nil
    }

    /// Who uses each volume, and each folder of the machine.
    private func mounts() async throws -> (
        volumes: [String: [VolumeAudit.Use]], binds: [String: [VolumeAudit.Use]]
    ) {
        var volumes: [String: [VolumeAudit.Use]] = [:]
        var binds: [String: [VolumeAudit.Use]] = [:]
        for container in try await items(DockerContainersCollector.name) where container.kind == "container" {
            for mount in container.fields["mounts"]?.array ?? [] {
                guard let place = mount["destination"]?.string else { continue }
                let use = VolumeAudit.Use(container: container.name, destination: place)
                if let volume = mount["volume"]?.string {
                    volumes[volume, default: []].append(use)
                } else if let source = mount["source"]?.string {
                    binds[source, default: []].append(use)
                }
            }
        }
        return (volumes, binds)
    }

    /// The newest earlier backup of the device in which the volume held files.
    private func earlierFiles(of place: String) async throws -> VolumeAudit.Earlier? {
        let summary = manifest.summary
        let older = try await vault.backups().backups.filter {
            $0.device.name == summary.device.name && $0.started < summary.started
        }
        for backup in older.prefix(Self.earlierLimit) {
            let entries: [FileEntry]
            do throws(VaultError) { entries = try await vault.entries(of: vault.manifest(backup.id)) } catch {
                guard error.code == .damaged || error.code == .notFound else { throw error }
                // What a damaged backup held says nothing of this one; `vault check` tells of it.
                continue
            }
            if let files = Self.files(of: place, in: entries), files > 0 {
                return VolumeAudit.Earlier(backup: backup.id.text, files: files)
            }
        }
        return nil
    }

    // MARK: Programs

    /// Runs the validators of every area that was restored, each in a sandbox over the scratch folder.
    func validators() async throws -> [DrillCheck] {
        var validators = DrillValidator.all.filter { validator in
            restored.contains { $0.kind != .folder && validator.concerns($0.path) }
        }
        let crippled = validators.filter { validator in damaged.contains { validator.concerns($0) } }
        validators.removeAll { validator in crippled.contains { $0.name == validator.name } }
        let units = unitFiles()
        if !units.isEmpty { validators.append(.units(units)) }
        let steps = validators.map {
            DrillSandbox.step(tool: $0.tool, script: $0.script, folder: scratch.path)
        }
        let results = try await run(steps)
        let skipped = crippled.map { DrillCheck($0.name, .notChecked, "files of it could not be restored") }
        return skipped
            + validators.enumerated().map { index, validator in
                guard let result = results[index], result.hasEnded else {
                    return DrillCheck(validator.name, .notChecked, "\(validator.tool) did not end")
                }
                return validator.check(status: result.status, lines: result.lines)
            }
    }

    /// Unit files as they stand below `/etc`; templates cannot be checked without a name.
    private func unitFiles() -> [String] {
        let types = [".service", ".timer", ".socket", ".mount", ".path", ".target"]
        let paths = restored.lazy.filter {
            $0.kind == .file && $0.path.starts(with: "/etc/systemd/system/".utf8)
        }
        .compactMap { String(validating: $0.path, as: UTF8.self) }
        .filter { path in types.contains { path.hasSuffix($0) } && !path.contains("@.") }
        return Array(paths.prefix(Self.unitLimit))
    }

    /// Proves archives, compressed files and databases.
    func dataFiles() async throws -> [DrillCheck] {
        let files = restored.filter { $0.kind == .file && $0.size > 0 }
        var byKind: [DataFile: [[UInt8]]] = [:]
        for entry in files {
            if let kind = DataFile.kind(ofName: entry.path) { byKind[kind, default: []].append(entry.path) }
        }
        let suspects = files.filter { DataFile.mayBeSQLite(size: $0.size) }.map(\.path)
        let beginnings = await scratch.beginnings(of: suspects, count: DataFile.sqliteMagic.count)
        byKind[.sqlite] = zip(suspects, beginnings).filter { $0.1 == DataFile.sqliteMagic }.map(\.0)
        var checks: [DrillCheck] = []
        for kind in DataFile.allCases {
            guard let paths = byKind[kind], !paths.isEmpty else { continue }
            let tree = Array(scratch.tree.utf8)
            let results = try await run(kind.steps(for: paths.map { tree + $0 }))
            let isAbsent = results.values.contains { $0.hasEnded && $0.status == nil }
            let isWhole = results.values.allSatisfy { $0.hasEnded && $0.status == 0 }
            let lines = results.sorted { $0.key < $1.key }.flatMap { DeviceText.lines($0.value.output) }
            checks.append(
                kind.check(
                    paths.map { DeviceText.string($0) }, lines: isAbsent ? nil : lines, isWhole: isWhole))
        }
        return checks
    }

    // MARK: Parts

    private func sectionName(_ entry: FileEntry) -> String {
        manifest.sections.indices.contains(entry.section) ? manifest.sections[entry.section].name : ""
    }

    private func items(_ section: String) async throws -> [InventoryItem] {
        guard let record = manifest.sections.first(where: { $0.name == section }) else { return [] }
        do throws(VaultError) { return try await vault.inventory(of: record) } catch {
            guard error.code == .damaged else { throw error }
            // The check of the inventories has told it.
            return []
        }
    }

    /// Runs framed steps on this machine.
    private func run(_ steps: [ScriptStep]) async throws -> [Int: RestoreReader.StepResult] {
        guard !steps.isEmpty else { return [:] }
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary)
        var limits = ShellJob.Limits()
        limits.idle = .seconds(7200)
        limits.total = .seconds(86_400)
        let device = Device.local(added: context.clock.now())
        do throws(ShellError) {
            _ = try await context.services.transport.run(
                ShellJob(input: FramedScript.bytes(steps: steps, boundary: boundary), limits: limits),
                on: device,
                into: reader)
        } catch {
            guard error.code != .cancelled else { throw CancellationError() }
            // What ran before counts; the rest is told as not checked.
        }
        return await reader.results
    }
}
