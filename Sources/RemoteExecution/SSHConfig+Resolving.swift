extension SSHConfig {
    /// What values of the configuration may refer to.
    package struct Context: Sendable {
        /// The user's home folder, for `~` and `%d`.
        package var home: String
        /// The name of the local user, for `%u` and `Match localuser`.
        package var localUser: String
        /// The name of this machine, for `%l`.
        package var localHost: String
        /// Variables for `${NAME}`.
        package var environment: [String: String]

        package init(
            home: String, localUser: String, localHost: String = "localhost",
            environment: [String: String] = [:]
        ) {
            self.home = home
            self.localUser = localUser
            self.localHost = localHost
            self.environment = environment
        }
    }

    /// What holds for `alias`, logging in as `user` if given.
    package func resolve(_ alias: String, user: String? = nil, in context: Context) -> ResolvedSSHHost {
        var resolver = Resolver(alias: alias, givenUser: user, context: context)
        resolver.walk(items, isActive: true)
        return resolver.result()
    }

    private struct Resolver {
        let alias: String
        let givenUser: String?
        let context: Context
        private var first: [String: [String]] = [:]
        private var identityFiles: [String] = []

        init(alias: String, givenUser: String?, context: Context) {
            self.alias = alias
            self.givenUser = givenUser
            self.context = context
        }

        mutating func walk(_ items: [Item], isActive outer: Bool) {
            var isActive = outer
            for item in items {
                switch item {
                case .host(let patterns): isActive = outer && SSHConfigPattern.list(patterns, matches: alias)
                case .match(let criteria): isActive = outer && criteria.allSatisfy(isMet)
                case .included(let items): walk(items, isActive: isActive)
                case .setting(let keyword, let values): if isActive { note(keyword, values) }
                }
            }
        }

        private mutating func note(_ keyword: String, _ values: [String]) {
            if keyword == "identityfile" {
                if !identityFiles.contains(values[0]), identityFiles.count < 32 {
                    identityFiles.append(values[0])
                }
                return
            }
            // Whichever of the two comes first keeps the other out.
            let rival = ["proxyjump": "proxycommand", "proxycommand": "proxyjump"][keyword]
            if let rival, first[rival] != nil { return }
            if first[keyword] == nil { first[keyword] = values }
        }

        private func isMet(_ criterion: Criterion) -> Bool {
            let isMatch: Bool
            switch criterion.keyword {
            case "all": isMatch = true
            case "host": isMatch = SSHConfigPattern.list(criterion.patterns, matches: hostName)
            case "originalhost": isMatch = SSHConfigPattern.list(criterion.patterns, matches: alias)
            case "user":
                isMatch = SSHConfigPattern.list(criterion.patterns, matches: user ?? context.localUser)
            case "localuser": isMatch = SSHConfigPattern.list(criterion.patterns, matches: context.localUser)
            default: return false
            }
            return isMatch != criterion.isNegated
        }

        private var user: String? { givenUser ?? first["user"]?.first }
        private var hostName: String {
            first["hostname"].map { expanded($0[0], ["h": alias, "n": alias]) } ?? alias
        }
        private var port: Int? {
            first["port"].flatMap { Int($0[0]) }.flatMap { (1...65_535).contains($0) ? $0 : nil }
        }

        func result() -> ResolvedSSHHost {
            var host = ResolvedSSHHost(alias: alias)
            host.hostName = hostName
            host.port = port
            host.user = user
            host.identityFiles = identityFiles.filter { $0.lowercased() != "none" }.map(path)
            host.identitiesOnly = first["identitiesonly"]?.first?.lowercased() == "yes"
            host.identityAgent = first["identityagent"].flatMap { agent($0[0]) }
            if let jump = first["proxyjump"]?.first {
                host.proxyJump =
                    jump.lowercased() == "none" ? [] : jump.split(separator: ",").map(String.init)
            }
            if let command = first["proxycommand"], command[0].lowercased() != "none" {
                host.proxyCommand = command.joined(separator: " ")
            }
            host.knownHostsFiles = first["userknownhostsfile"]?.filter { $0.lowercased() != "none" }.map(path)
            host.hostKeyAlias = first["hostkeyalias"]?.first
            host.connectTimeout = first["connecttimeout"].flatMap { Int($0[0]) }
                .flatMap { (1...86_400).contains($0) ? .seconds($0) : nil }
            host.addressFamily =
                first["addressfamily"].flatMap { .init(rawValue: $0[0].lowercased()) } ?? .any
            return host
        }

        /// Nil leaves the usual agent in use.
        private func agent(_ value: String) -> String? {
            switch value {
            case "none": ""
            case "SSH_AUTH_SOCK": nil
            case let name where name.hasPrefix("$") && !name.hasPrefix("${"):
                context.environment[String(name.dropFirst())] ?? ""
            default: path(value)
            }
        }

        private func path(_ value: String) -> String {
            let text = expanded(
                value,
                [
                    "d": context.home, "h": hostName, "n": alias, "r": user ?? context.localUser,
                    "u": context.localUser, "l": context.localHost, "p": String(port ?? 22),
                ])
            if text == "~" { return context.home }
            if text.hasPrefix("~/") { return context.home + text.dropFirst() }
            return text.hasPrefix("/") || text.isEmpty ? text : context.home + "/" + text
        }

        /// `value` with `%x` of `tokens` and `${NAME}` replaced; what is unknown stays.
        private func expanded(_ value: String, _ tokens: [Character: String]) -> String {
            var result = ""
            var rest = value[...]
            while let character = rest.popFirst() {
                if character == "%", let next = rest.first {
                    rest = rest.dropFirst()
                    result += next == "%" ? "%" : tokens[next] ?? "%\(next)"
                } else if character == "$", rest.first == "{", let end = rest.firstIndex(of: "}") {
                    let name = String(rest[rest.index(after: rest.startIndex)..<end])
                    result += context.environment[name] ?? "${\(name)}"
                    rest = rest[rest.index(after: end)...]
                } else {
                    result.append(character)
                }
            }
            return result
        }
    }
}
