import Basics

/// The options of `docker create` that say what of the machine a container may have.
///
/// - SeeAlso: docker-create(1), Engine API `HostConfig`.
struct HostOptions {
    private let host: JSONValue
    /// Names of containers by their ids.
    private let names: [String: String]

    init(_ host: JSONValue, names: [String: String]) {
        self.host = host
        self.names = names
    }

    private static let flags = [
        ("Privileged", "--privileged"), ("ReadonlyRootfs", "--read-only"), ("AutoRemove", "--rm"),
        ("PublishAllPorts", "--publish-all"), ("OomKillDisable", "--oom-kill-disable"), ("Init", "--init"),
    ]
    private static let texts = [
        ("CgroupParent", "--cgroup-parent"), ("CpusetCpus", "--cpuset-cpus"), ("CpusetMems", "--cpuset-mems"),
        ("UTSMode", "--uts"), ("UsernsMode", "--userns"), ("CgroupnsMode", "--cgroupns"),
        ("Isolation", "--isolation"),
    ]
    /// A number of 0 means that nothing was set.
    private static let numbers = [
        ("Memory", "--memory"), ("MemoryReservation", "--memory-reservation"),
        ("MemorySwap", "--memory-swap"),
        ("KernelMemory", "--kernel-memory"), ("CpuShares", "--cpu-shares"), ("CpuPeriod", "--cpu-period"),
        ("CpuQuota", "--cpu-quota"), ("CpuRealtimePeriod", "--cpu-rt-period"),
        ("CpuRealtimeRuntime", "--cpu-rt-runtime"), ("BlkioWeight", "--blkio-weight"),
        ("OomScoreAdj", "--oom-score-adj"), ("ShmSize", "--shm-size"),
    ]
    private static let lists = [
        ("CapAdd", "--cap-add"), ("CapDrop", "--cap-drop"), ("Dns", "--dns"), ("DnsOptions", "--dns-option"),
        ("DnsSearch", "--dns-search"), ("ExtraHosts", "--add-host"), ("GroupAdd", "--group-add"),
        ("SecurityOpt", "--security-opt"), ("DeviceCgroupRules", "--device-cgroup-rule"), ("Links", "--link"),
    ]
    private static let rates = [
        ("BlkioDeviceReadBps", "--device-read-bps"), ("BlkioDeviceWriteBps", "--device-write-bps"),
        ("BlkioDeviceReadIOps", "--device-read-iops"), ("BlkioDeviceWriteIOps", "--device-write-iops"),
        ("BlkioWeightDevice", "--blkio-weight-device"),
    ]
    /// Known, and told elsewhere or without a meaning of their own.
    private static let others: Set = [
        "Binds", "Mounts", "ContainerIDFile", "LogConfig", "NetworkMode", "PortBindings", "RestartPolicy",
        "VolumeDriver", "VolumesFrom", "ConsoleSize", "MaskedPaths", "ReadonlyPaths", "Cgroup", "CpuCount",
        "CpuPercent", "IOMaximumIOps", "IOMaximumBandwidth", "KernelMemoryTCP", "Capabilities", "IpcMode",
        "PidMode", "Runtime", "NanoCpus", "MemorySwappiness", "PidsLimit", "Sysctls", "StorageOpt", "Tmpfs",
        "Devices", "Ulimits", "DeviceRequests", "Annotations",
    ]

    func list(_ losses: inout [String]) -> ArgumentList {
        var list = ArgumentList()
        for (key, option) in Self.flags { list.flag(option, host[key]) }
        for (key, option) in Self.texts { list.option(option, host[key]?.string) }
        for (key, option) in Self.numbers { list.option(option, host[key]) }
        for (key, option) in Self.lists { list.options(option, linked(key)) }
        for (key, option) in Self.rates {
            for rate in host[key]?.array ?? [] {
                guard let path = rate["Path"]?.string, let number = (rate["Rate"] ?? rate["Weight"])?.int
                else {
                    continue
                }
                list.add(option, "\(path):\(number)")
            }
        }
        shared(&list)
        quantities(&list)
        list.pairs("--sysctl", host["Sysctls"])
        list.pairs("--storage-opt", host["StorageOpt"])
        list.pairs("--tmpfs", host["Tmpfs"], separator: ":")
        list.pairs("--annotation", host["Annotations"])
        devices(&list, &losses)
        list.option("--log-driver", host["LogConfig"]?["Type"]?.string)
        list.pairs("--log-opt", host["LogConfig"]?["Config"])
        let known = Self.others.union(
            (Self.flags + Self.texts + Self.numbers + Self.lists + Self.rates).map(\.0))
        for (key, value) in (host.object ?? [:]).sorted(by: { $0.key < $1.key })
        where !known.contains(key) && Self.isSet(value) {
            losses.append("the setting \(key) is not known and left out")
        }
        return list
    }

    private static func isSet(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false), .int(0), .string(""), .array([]), .object([:]): false
        default: true
        }
    }

    /// Links name a path; what is wanted is the container's name.
    private func linked(_ key: String) -> JSONValue? {
        guard key == "Links", let links = host[key]?.array else { return host[key] }
        return .array(
            links.compactMap(\.string).map { link in
                let parts = link.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { return .string(link) }
                let target = parts[0].split(separator: "/").last ?? parts[0]
                return .string("\(target):\(parts[1].split(separator: "/").last ?? parts[1])")
            })
    }

    /// Name spaces that it shares with the machine or another container.
    private func shared(_ list: inout ArgumentList) {
        for (key, option) in [("IpcMode", "--ipc"), ("PidMode", "--pid")] {
            guard let mode = host[key]?.string, !mode.isEmpty else { continue }
            let prefix = "container:"
            let id = mode.hasPrefix(prefix) ? String(mode.dropFirst(prefix.count)) : ""
            list.add(option, names[id].map { prefix + $0 } ?? mode)
        }
        if let runtime = host["Runtime"]?.string, !runtime.isEmpty, runtime != "runc" {
            list.add("--runtime", runtime)
        }
    }

    private func quantities(_ list: inout ArgumentList) {
        if let nano = host["NanoCpus"]?.int, nano > 0 {
            let part = String(nano % 1_000_000_000)
            list.add(
                "--cpus", "\(nano / 1_000_000_000).\(String(repeating: "0", count: 9 - part.count))\(part)")
        }
        if let swappiness = host["MemorySwappiness"]?.int, swappiness >= 0 {
            list.add("--memory-swappiness", String(swappiness))
        }
        list.option("--pids-limit", host["PidsLimit"])
        for limit in host["Ulimits"]?.array ?? [] {
            guard let name = limit["Name"]?.string, let soft = limit["Soft"]?.int,
                let hard = limit["Hard"]?.int
            else { continue }
            list.add("--ulimit", "\(name)=\(soft):\(hard)")
        }
    }

    private func devices(_ list: inout ArgumentList, _ losses: inout [String]) {
        for device in host["Devices"]?.array ?? [] {
            let parts = ["PathOnHost", "PathInContainer", "CgroupPermissions"].compactMap {
                device[$0]?.string
            }
            list.add("--device", parts.filter { !$0.isEmpty }.joined(separator: ":"))
        }
        for request in host["DeviceRequests"]?.array ?? [] {
            let ids = (request["DeviceIDs"]?.array ?? []).compactMap(\.string)
            let count = request["Count"]?.int ?? 0
            if !ids.isEmpty {
                list.add("--gpus", "\"device=\(ids.joined(separator: ","))\"")
            } else if count != 0 {
                list.add("--gpus", count < 0 ? "all" : String(count))
            } else {
                losses.append("a request for devices of a driver is left out")
            }
        }
    }
}
