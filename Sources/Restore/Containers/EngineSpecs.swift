package import Basics

/// A network as it is made.
package struct NetworkSpec: Sendable, Equatable {
    package let name: String
    /// Address ranges, as the engine has them.
    package let ranges: [String]
    /// Arguments of `docker network create`.
    package let creation: ArgumentList

    /// - Parameter keepsRanges: whether it gets the addresses it had; else the engine chooses.
    package init(_ value: JSONValue, keepsRanges: Bool = true) {
        name = value["Name"]?.string ?? ""
        let configs = value["IPAM"]?["Config"]?.array ?? []
        ranges = configs.compactMap { $0["Subnet"]?.string }
        var list = ArgumentList(["network", "create"])
        list.option("--driver", value["Driver"]?.string)
        list.flag("--internal", value["Internal"])
        list.flag("--attachable", value["Attachable"])
        if keepsRanges { list.flag("--ipv6", value["EnableIPv6"]) }
        if let driver = value["IPAM"]?["Driver"]?.string, driver != "default" {
            list.option("--ipam-driver", driver)
        }
        list.pairs("--ipam-opt", value["IPAM"]?["Options"])
        for config in configs where keepsRanges {
            list.option("--subnet", config["Subnet"]?.string)
            list.option("--ip-range", config["IPRange"]?.string)
            list.option("--gateway", config["Gateway"]?.string)
            list.pairs("--aux-address", config["AuxiliaryAddresses"])
        }
        list.pairs("--opt", value["Options"])
        list.pairs("--label", value["Labels"])
        list.add(name)
        creation = list
    }

    /// What makes it work as it does: all but the labels.
    package static func differs(_ left: JSONValue, _ right: JSONValue) -> Bool {
        ["Driver", "Internal", "EnableIPv6", "Options"].contains { key in
            (left[key] ?? .null) != (right[key] ?? .null)
        } || (left["IPAM"]?["Config"] ?? []) != (right["IPAM"]?["Config"] ?? [])
    }
}

/// A volume as it is made.
package struct VolumeSpec: Sendable, Equatable {
    package var name: String
    package let driver: String
    package let mountpoint: String
    private let options: JSONValue?
    package let labels: JSONValue?

    package init(_ value: JSONValue) {
        name = value["Name"]?.string ?? ""
        driver = value["Driver"]?.string ?? "local"
        mountpoint = value["Mountpoint"]?.string ?? ""
        options = value["Options"]
        labels = value["Labels"]
    }

    /// Whether its content is what a backup of volumes holds: files of the machine, not what is mounted elsewhere.
    package var isPlain: Bool { driver == "local" && (options?.object ?? [:]).isEmpty }

    /// The folder of the machine that it is another name for; nil for any other.
    package var folder: String? {
        let words = (options?["o"]?.string ?? "").split(separator: ",")
        guard driver == "local", words.contains("bind") || words.contains("rbind") else { return nil }
        return options?["device"]?.string
    }

    /// Arguments of `docker volume create`.
    package func creation(withLabels: Bool = true) -> ArgumentList {
        var list = ArgumentList(["volume", "create", "--driver", driver])
        list.pairs("--opt", options)
        if withLabels { list.pairs("--label", labels) }
        list.add(name)
        return list
    }
}
