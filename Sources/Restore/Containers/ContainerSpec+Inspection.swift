import Basics
import RemoteExecution

extension ContainerSpec {
    /// Networks that every engine has.
    static let builtIn: Set = ["bridge", "host", "none", "default"]

    /// The container that `container` describes, in the state of its engine.
    package init(_ container: EngineContainer, in engine: EngineState) {
        let config = container.config
        let host = container.host
        let image = engine.image(container.value["Image"]?.string ?? "")
        var names: [String: String] = [:]
        for other in engine.containers.values { names[other.id] = other.name }
        var losses: [String] = []
        var refusals: [String] = []
        name = container.name
        reference = config["Image"]?.string ?? ""
        imageID = container.value["Image"]?.string ?? ""
        let entry = Self.entrypoint(config, image?["Config"] ?? [:])
        var options = Self.options(container, image?["Config"] ?? [:], &losses)
        if let first = entry.option { options.add("--entrypoint", first) }
        options.add(contentsOf: HostOptions(host, names: names).list(&losses))
        self.options = options
        command = entry.command
        labels = (config["Labels"]?.object ?? [:]).compactMapValues(\.string)
        let impossible = labels.keys.filter { key in
            key.isEmpty || key.unicodeScalars.contains { $0 == "=" || $0.properties.isWhitespace }
        }
        if !impossible.isEmpty {
            losses.append("a label whose name holds ‘=’ or a space is left out")
            for key in impossible { labels[key] = nil }
        }
        ports = Self.ports(host)
        restartPolicy = container.restartPolicy
        isUp = container.isUp
        wasHealthy = container.isHealthy
        wasRestarting = container.isRestarting
        patience = Self.patience(config["Healthcheck"])
        project = container.project
        service = container.service
        // Mounts.
        let found = ContainerMounts(container, &losses)
        volumes = found.volumes
        volumeOptions = found.volumeOptions
        mounts = found.mounts
        // Networks.
        let attached = ContainerNetworks(container, engine, names: names, &losses)
        networkMode = attached.mode
        primary = attached.primary
        others = attached.others
        needs = attached.needs + Self.dependencies(container, in: engine)
        if !EngineName.isValid(name) { refusals.append("its name is none that an engine gives") }
        if !EngineName.isReference(reference) { refusals.append("its image has a name that no image has") }
        for volume in found.volumes where !EngineName.isValid(volume.name) {
            refusals.append("a volume of it has a name that no volume has")
        }
        for connection in [primary] + others {
            guard let connection, !EngineName.isValid(connection.network) else { continue }
            refusals.append("a network of it has a name that no network has")
        }
        self.losses = losses
        self.refusals = refusals
    }

    /// What `docker create` is told about the program: the first word of the entry point has an option of its own, and
    /// makes the engine forget both what the image says and its command.
    static func entrypoint(
        _ config: JSONValue, _ image: JSONValue
    ) -> (option: String?, command: [String]) {
        let entry = (config["Entrypoint"]?.array ?? []).compactMap(\.string)
        let command = (config["Cmd"]?.array ?? []).compactMap(\.string)
        let ofImage = (image["Entrypoint"]?.array ?? []).compactMap(\.string)
        let usual = (image["Cmd"]?.array ?? []).compactMap(\.string)
        if entry == ofImage, !command.isEmpty || usual.isEmpty { return (nil, command) }
        if entry.isEmpty { return ("", command) }
        return (entry[0], Array(entry.dropFirst()) + command)
    }

    private static func options(
        _ container: EngineContainer, _ image: JSONValue, _ losses: inout [String]
    ) -> ArgumentList {
        let config = container.config
        var list = ArgumentList()
        // The engine keeps no order of them.
        for text in (config["Env"]?.array ?? []).compactMap(\.string).sorted() {
            guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex else {
                losses.append("a variable without a value is left out")
                continue
            }
            list.add("--env", text)
        }
        let hostname = config["Hostname"]?.string ?? ""
        if !hostname.isEmpty, !container.id.hasPrefix(hostname),
            container.host["NetworkMode"]?.string != "host",
            container.host["NetworkMode"]?.string?.hasPrefix("container:") != true
        {
            list.add("--hostname", hostname)
        }
        list.option("--domainname", config["Domainname"]?.string)
        list.option("--user", config["User"]?.string)
        list.option("--workdir", config["WorkingDir"]?.string)
        list.option("--mac-address", config["MacAddress"]?.string)
        list.option("--stop-signal", config["StopSignal"]?.string)
        list.option("--stop-timeout", config["StopTimeout"])
        list.flag("--tty", config["Tty"])
        list.flag("--interactive", config["OpenStdin"])
        for port in (config["ExposedPorts"]?.object ?? [:]).keys.sorted() { list.add("--expose", port) }
        health(config["Healthcheck"], image["Healthcheck"], &list, &losses)
        return list
    }

    private static func health(
        _ check: JSONValue?, _ ofImage: JSONValue?, _ list: inout ArgumentList, _ losses: inout [String]
    ) {
        guard let check, check.object != nil, check != ofImage else { return }
        let test = (check["Test"]?.array ?? []).compactMap(\.string)
        switch test.first {
        case "NONE":
            list.add("--no-healthcheck")
            return
        case "CMD-SHELL": list.option("--health-cmd", test.dropFirst().joined(separator: " "))
        case "CMD":
            list.option("--health-cmd", test.dropFirst().map { ShellQuoting.word($0) }.joined(separator: " "))
            losses.append("its health check runs by way of a shell")
        default: break
        }
        func duration(_ key: String, _ option: String) {
            guard let value = check[key]?.int, value > 0 else { return }
            list.add(option, "\(value)ns")
        }
        duration("Interval", "--health-interval")
        duration("Timeout", "--health-timeout")
        duration("StartPeriod", "--health-start-period")
        list.option("--health-retries", check["Retries"])
    }

    /// As long as the check needs to fail so often that the engine says so, and some more.
    private static func patience(_ check: JSONValue?) -> Int {
        func seconds(_ key: String, _ usual: Int64) -> Int64 {
            let value = check?[key]?.int ?? 0
            return value > 0 ? value / 1_000_000_000 : usual
        }
        let retries = max(1, min(check?["Retries"]?.int ?? 3, 100))
        let round = min(seconds("Interval", 30), 3600) + min(seconds("Timeout", 30), 3600)
        return Int(max(30, min(600, min(seconds("StartPeriod", 0), 600) + retries * round + 10)))
    }

    private static func ports(_ host: JSONValue) -> [Port] {
        let bindings = host["PortBindings"]?.object ?? [:]
        return bindings.sorted { $0.key < $1.key }.flatMap { inner, places in
            (places.array ?? []).map { place in
                Port(
                    inner: inner, address: place["HostIp"]?.string ?? "",
                    outer: place["HostPort"]?.string ?? "")
            }
        }
    }

    /// What compose says it depends on, as containers of the same project.
    private static func dependencies(_ container: EngineContainer, in engine: EngineState) -> [String] {
        guard let project = container.project,
            let text = container.label("com.docker.compose.depends_on"), !text.isEmpty
        else { return [] }
        let services = Set(
            text.split(separator: ",").compactMap { $0.split(separator: ":").first.map(String.init) })
        return engine.containers.values.filter { other in
            other.project == project && other.service.map(services.contains) ?? false
        }.map(\.name).sorted()
    }
}
