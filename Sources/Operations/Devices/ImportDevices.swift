import Basics
import RemoteExecution
import Storage

/// Registers the machines of an OpenSSH configuration.
package struct ImportDevices: ServiceOperation {
    package struct Input: OperationInput {
        @Field(
            "OpenSSH client configuration; HOLDFAST_SSH_CONFIG or ~/.ssh/config when none is named.",
            .operand, placeholder: "FILE")
        var file: String?
        @Field("Only hosts whose name matches this glob; repeatable.", placeholder: "GLOB") var only:
            [String] = []
        @Field("Tag every device with this; repeatable.") var tag: [String] = []
        @Field(
            "Tag every device with this prefix and the file it came from, for example ‘ssh-’.",
            placeholder: "PREFIX")
        var tagPrefix: String?
        @Field("Change address, user and jump hosts of devices that are registered already.")
        var updateExisting = false
        @Field("Only say what would happen.") var dryRun = false
        package init() {}
    }

    /// What became of one host.
    package struct Line: Codable, Sendable, Equatable {
        package let host: String
        /// `added`, `updated`, `unchanged`, `kept` or `refused`.
        package let outcome: String
        package let address: String
        /// Whether a host key is pinned; without one, `device trust` comes first.
        package let hasHostKey: Bool
        /// Why, where the outcome does not say it all.
        package let detail: String
    }

    package struct Output: Codable, Sendable, Displayable {
        package let hosts: [Line]
        /// Lines of the configuration that were passed over and may matter.
        package let warnings: [String]
        package let isDryRun: Bool

        package var isComplete: Bool { !hosts.contains { $0.outcome == "refused" } }

        package var display: [DisplayBlock] {
            let rows = hosts.map { line in
                let tone: Tone = line.outcome == "refused" ? .bad : line.outcome == "added" ? .good : .plain
                return [
                    Cell(line.host), Cell(line.outcome, tone), Cell(line.address),
                    line.hasHostKey ? Cell("known") : Cell("to be trusted", .warning),
                    Cell(line.detail, .dim),
                ]
            }
            var blocks: [DisplayBlock] = [
                .table(
                    columns: [Column("HOST", isWhole: true), "OUTCOME", "ADDRESS", "HOST KEY", "DETAIL"],
                    rows: rows,
                    empty: "The configuration names no host.")
            ]
            if hosts.contains(where: { !$0.hasHostKey && $0.outcome != "refused" }) {
                blocks.append(
                    .lines([
                        Cell(
                            "Devices without a host key are not read before: holdfast device trust NAME", .dim
                        )
                    ]))
            }
            if !warnings.isEmpty {
                blocks += [.heading("Passed over"), .lines(warnings.map { Cell($0, .warning) })]
            }
            if isDryRun { blocks.append(.lines([Cell("Nothing was changed.", .dim)])) }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "device", verb: .custom("import"),
        summary: "Register the machines of an OpenSSH configuration",
        discussion: """
            Every Host that names one machine (no wildcard) becomes a device of that name; Include files are read. From \
            your own ~/.ssh/config, or the file of HOLDFAST_SSH_CONFIG, the device keeps the alias as its address, so \
            that later changes there count; from a FILE that you name it keeps address, user, key and jump hosts \
            themselves, the jump hosts by address, user and port. Host keys come from your known_hosts, where you \
            accepted them; a device without one waits for ‘device trust’.
            """,
        effect: .writes, errors: [.argumentInvalid, .fileUnknown, .ioFailed, .notInitialised],
        examples: [
            Contract.Example("holdfast device import --dry-run", "what would come from ~/.ssh/config?"),
            Contract.Example("holdfast device import fleet.conf --tag fleet", "register a fleet, tagged"),
        ])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let home = ProcessEnvironment.value(of: "HOME") ?? "/root"
        let path = try Self.file(input.file, home: home)
        guard try Initialise.exists(path) else {
            throw OperationError(
                .fileUnknown, "There is no OpenSSH configuration at \(path)", hint: "Name another file.")
        }
        try Self.checkText(path)
        let config = SSHConfig(paths: [path], home: home)
        let scope = SSHConfig.Context(
            home: home, localUser: ProcessEnvironment.userName, environment: ProcessEnvironment.all)
        var tags = input.tag
        if let prefix = input.tagPrefix {
            let name = path.split(separator: "/").last.map(String.init) ?? "config"
            tags.append(prefix + name.filter { $0.isLetter || $0.isNumber || "._-".contains($0) })
        }
        let filters = input.only.map { Glob($0) }
        var lines: [Line] = []
        for alias in config.aliases
        where filters.isEmpty || filters.contains(where: { $0.matches(alias.utf8) }) {
            let host = config.resolve(alias, in: scope)
            let jumps = Result { () throws(ShellError) in try config.jumps(to: host, in: scope) }
            lines.append(
                try await take(alias, host, jumps, try DeviceFields.tags(tags), input, home, context))
        }
        return Output(hosts: lines, warnings: config.warnings, isDryRun: input.dryRun)
    }

    /// The configuration to read: the given one, else that by which devices are reached.
    private static func file(_ given: String?, home: String) throws(OperationError) -> String {
        if let given { return given }
        guard let named = ProcessEnvironment.value(of: "HOLDFAST_SSH_CONFIG"), !named.isEmpty else {
            return home + "/.ssh/config"
        }
        guard named != "none" else {
            throw OperationError(
                .argumentInvalid, "HOLDFAST_SSH_CONFIG says that there is no OpenSSH configuration",
                hint: "Name the FILE to import.")
        }
        return named
    }

    /// Refuses what cannot be a configuration, before it is read as an empty one.
    private static func checkText(_ path: String) throws(OperationError) {
        func refusal(_ reason: String) -> OperationError {
            OperationError(
                .argumentInvalid, "\(path) is no OpenSSH configuration: \(reason)", hint: "Name a text file.")
        }
        do {
            let text = try SmallFile.text(at: path)
            guard !text.utf8.contains(0), !text.unicodeScalars.contains("\u{FFFD}") else {
                throw refusal("it is no text")
            }
        } catch let error as OperationError { throw error } catch let error as SystemError {
            switch error.code {
            case 22: throw refusal("it is no ordinary file")
            case 27: throw refusal("it is larger than \(ByteCount(Int64(SmallFile.largest)))")
            default: throw OperationError(.ioFailed, "\(path) cannot be read: \(error.reason)")
            }
        } catch { throw OperationError(any: error) }
    }

    private func take(
        _ alias: String, _ host: ResolvedSSHHost, _ jumps: Result<SSHConfig.Jumps, ShellError>,
        _ tags: [String],
        _ input: Input, _ home: String, _ context: OperationContext
    ) async throws(OperationError) -> Line {
        let hasPassword = host.user?.contains(":") ?? false
        let shown = SSHTarget(
            host: host.hostName, port: host.port, user: hasPassword ? nil : host.user
        ).description
        func line(_ outcome: String, _ key: HostKey?, _ detail: String = "") -> Line {
            Line(host: alias, outcome: outcome, address: shown, hasHostKey: key != nil, detail: detail)
        }
        guard let name = DeviceName(alias) else {
            return line("refused", nil, "‘\(alias)’ cannot be the name of a device")
        }
        if let reason = DeviceFields.reasonAgainst(name) { return line("refused", nil, reason) }
        if hasPassword { return line("refused", nil, "its user holds a colon, which no user does") }
        if host.proxyCommand != nil {
            return line("refused", nil, "it is reached through a ProxyCommand, which is not supported")
        }
        let target: SSHTarget
        var remark = ""
        if input.file == nil {
            target = SSHTarget(host: alias)
        } else {
            let way: SSHConfig.Jumps
            do { way = try jumps.get() } catch { return line("refused", nil, error.message) }
            target = SSHTarget(
                host: host.hostName, port: host.port, user: host.user, identityFile: host.identityFiles.first,
                jumps: way.hosts)
            if let jump = way.withOwnKey.first {
                remark = "the key of its jump host \(jump) is not kept: load it into the SSH agent"
            }
        }
        let key = knownKey(of: host, home)
        let registry = try await context.services.registry()
        guard let before = try await context.findDevice(name) else {
            let device = Device(
                name: name, connection: .ssh(target), hostKey: key, tags: tags, added: context.clock.now())
            if !input.dryRun { do { try await registry.add(device) } catch { throw OperationError(error) } }
            return line("added", key, remark)
        }
        guard input.updateExisting else {
            return line("kept", before.hostKey, "registered already; pass --update-existing")
        }
        func update(_ device: inout Device) {
            device.connection = .ssh(target)
            device.tags = Set(device.tags + tags).sorted()
            // A pinned key is never replaced here: that is what ‘device trust’ is for.
            device.hostKey = device.hostKey ?? key
        }
        var device = before
        update(&device)
        guard device != before else { return line("unchanged", device.hostKey) }
        if !input.dryRun { device = try await context.changeDevice(name) { update(&$0) } }
        return line("updated", device.hostKey, remark)
    }

    /// The key a person accepted with OpenSSH; the strongest kind where there are several.
    private func knownKey(of host: ResolvedSSHHost, _ home: String) -> HostKey? {
        var known = KnownHosts()
        for path in host.knownHostsFiles ?? [home + "/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"] {
            guard let text = SSHConfig.Files.system.text(path) else { continue }
            known.add(KnownHosts(text: text))
        }
        let order = [
            "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
        ]
        return known.keys(of: host.hostKeyAlias ?? host.hostName, port: host.port ?? 22)
            .filter { order.contains($0.algorithm) }
            .min { (order.firstIndex(of: $0.algorithm) ?? 9) < (order.firstIndex(of: $1.algorithm) ?? 9) }
    }
}
