import Basics
import Glibc
import RemoteExecution
import Synchronization

/// Decides how a target is reached: what it says itself, then the OpenSSH configuration, then the defaults.
final class SSHRouteFinder: Sendable {
    /// Jump hosts that are reached through jump hosts of their own, at most.
    private static let mostJumps = 8
    /// How long the configuration is taken to be unchanged.
    private static let freshness: Duration = .seconds(2)

    private struct Loaded {
        let config: SSHConfig
        let instant: ContinuousClock.Instant
    }

    private let services: SSHServices
    private let loaded = Mutex<Loaded?>(nil)

    /// A finder that goes by the settings of `services`.
    init(services: SSHServices) { self.services = services }

    private var settings: SSHSettings { services.settings }

    /// The way to `target`, which messages call `name`.
    func route(
        to target: SSHTarget, named name: String?, trust: SSHEndpoint.Trust
    ) async throws(ShellError) -> SSHRoute {
        // Files are read, so this is no work for the caller's thread.
        let result: Result<SSHRoute, ShellError> = await withCheckedContinuation { continuation in
            services.resolvers.submit {
                continuation.resume(
                    returning: Result { () throws(ShellError) in
                        try self.find(target, named: name, trust: trust)
                    })
            }
        }
        return try result.get()
    }

    private func find(
        _ target: SSHTarget, named name: String?, trust: SSHEndpoint.Trust
    ) throws(ShellError) -> SSHRoute {
        let resolved = resolve(target)
        let shown = name.map { "\($0) (\(target))" } ?? target.description
        return SSHRoute(
            jumps: try jumps(to: target, resolved, shown: shown, depth: 0),
            target: endpoint(target, resolved, label: shown, trust: trust))
    }

    private func resolve(_ target: SSHTarget) -> ResolvedSSHHost {
        let context = SSHConfig.Context(
            home: settings.home, localUser: settings.localUser, environment: settings.environment)
        return config().resolve(target.host, user: target.user, in: context)
    }

    private func config() -> SSHConfig {
        let now = ContinuousClock.now
        if let fresh = loaded.withLock({ $0 }), now - fresh.instant < Self.freshness { return fresh.config }
        let paths = [settings.configFile, settings.systemConfigFile].compactMap(\.self)
        let config = paths.isEmpty ? SSHConfig() : SSHConfig(paths: paths, home: settings.home)
        loaded.withLock { $0 = Loaded(config: config, instant: now) }
        return config
    }

    private func endpoint(
        _ target: SSHTarget, _ resolved: ResolvedSSHHost, label: String, trust: SSHEndpoint.Trust
    ) -> SSHEndpoint {
        let own = target.identityFile.map { $0.hasPrefix("~/") ? settings.home + $0.dropFirst() : $0 }
        let named = [own].compactMap(\.self) + resolved.identityFiles.filter { $0 != own }
        let agent = resolved.identityAgent ?? settings.agentSocket
        return SSHEndpoint(
            label: label, host: resolved.hostName, port: target.port ?? resolved.port ?? 22,
            user: target.user ?? resolved.user ?? settings.localUser, trust: trust, keyFiles: named,
            defaultKeyFiles: resolved.identityFiles.isEmpty && !resolved.identitiesOnly
                ? settings.defaultKeyFiles : [],
            identitiesOnly: resolved.identitiesOnly, agentSocket: agent == "" ? nil : agent,
            families: resolved.addressFamily == .version4
                ? .version4 : resolved.addressFamily == .version6 ? .version6 : .any,
            connectLimit: resolved.connectTimeout)
    }

    private func jumps(
        to target: SSHTarget, _ resolved: ResolvedSSHHost, shown: String, depth: Int
    ) throws(ShellError) -> [SSHEndpoint] {
        if target.jumps.isEmpty, let command = resolved.proxyCommand {
            throw ShellError(
                .configuration,
                "The OpenSSH configuration reaches \(shown) by a ProxyCommand, which is not run: \(command)",
                hint: "Use ProxyJump instead, or give the device its jump hosts.")
        }
        let names = target.jumps.isEmpty ? resolved.proxyJump ?? [] : target.jumps
        guard depth + names.count <= Self.mostJumps else {
            throw ShellError(.configuration, "\(shown) is behind more than \(Self.mostJumps) jump hosts")
        }
        var endpoints: [SSHEndpoint] = []
        for (index, name) in names.enumerated() {
            guard let jump = SSHTarget(name) else {
                throw ShellError(.configuration, "‘\(name)’ is no jump host for \(shown)")
            }
            let found = resolve(jump)
            if index == 0 {
                endpoints += try jumps(
                    to: jump, found, shown: "the jump host \(jump)", depth: depth + names.count)
            }
            var host = endpoint(jump, found, label: "the jump host \(jump)", trust: trust(in: jump, found))
            host.jump = name
            endpoints.append(host)
        }
        return endpoints
    }

    /// The keys a jump host may present: those of the caller, else those of the known hosts files.
    private func trust(in jump: SSHTarget, _ resolved: ResolvedSSHHost) -> SSHEndpoint.Trust {
        // As it was written, and as the OpenSSH configuration says where that is.
        let address = SSHTarget(host: resolved.hostName, port: jump.port ?? resolved.port)
        for name in [jump, address] {
            let pinned = settings.jumpHostKeys?(name) ?? []
            if !pinned.isEmpty { return .keys(pinned) }
        }
        var known = KnownHosts()
        for path in resolved.knownHostsFiles ?? settings.knownHostsFiles {
            // A missing file knows nobody, which is the safe side.
            if let text = try? SmallFile.text(at: path) { known.add(KnownHosts(text: text)) }
        }
        let port = jump.port ?? resolved.port ?? 22
        let keys =
            resolved.hostKeyAlias.map { known.keys(of: $0) } ?? known.keys(of: resolved.hostName, port: port)
        return keys.isEmpty ? .observe : .keys(keys)
    }
}
