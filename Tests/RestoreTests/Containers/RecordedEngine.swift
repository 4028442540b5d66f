import Basics
import Codecs
import TestSupport
import Vault

@testable import Restore

/// Engines as Docker 20.10 inspected them: recorded shapes, changed where a test wants it.
enum RecordedEngine {
    static let hash = VaultKey.random().hash(for: .restore)

    static func recorded(_ name: String) -> [JSONValue] {
        let path = TestFiles.folder(of: #filePath) + "/../Fixtures/containers/\(name).json"
        let json = TestFiles.bytes(at: path).flatMap { try? JSONParser.parse($0) }
        return json?.array ?? []
    }

    static func state(
        _ containers: [JSONValue], images: [JSONValue] = recorded("images"), networks: [JSONValue] = [],
        volumes: [JSONValue] = [], time: String? = nil
    ) -> EngineState {
        let outputs: [String: JSONValue] = [
            "docker-containers": .array(containers), "docker-images": .array(images),
            "docker-networks": .array(networks), "docker-volumes": .array(volumes),
            "docker-daemon": [
                "ServerVersion": "20.10.24", "DockerRootDir": "/var/lib/docker",
                "SystemTime": time.map { .string($0) } ?? .null,
            ],
        ]
        return EngineState { section, _ in outputs[section].map { JSONWriter.bytes($0) } }
    }

    static func network(_ name: String, _ range: String) -> JSONValue {
        [
            "Name": .string(name), "Driver": "bridge", "Scope": "local", "Options": [:],
            "IPAM": ["Driver": "default", "Config": [["Subnet": .string(range)]]],
        ]
    }

    static func volume(_ name: String, driver: String = "local", options: JSONValue = .null) -> JSONValue {
        [
            "Name": .string(name), "Driver": .string(driver), "Options": options, "Labels": ["a": "b"],
            "Mountpoint": .string("/var/lib/docker/volumes/\(name)/_data"),
        ]
    }

    /// A container with little that is special; `config` and `host` go over what it has.
    static func container(
        _ name: String, image: String = "busybox:1", up: Bool = true, volumes: [String] = [],
        port: String? = nil, network: String = "bridge", labels: [String: String] = [:], remove: Bool = false,
        binds: [String] = [], config: [String: JSONValue] = [:], host: [String: JSONValue] = [:]
    ) -> JSONValue {
        let id = recorded("images").first?["Id"] ?? ""
        let mounts =
            volumes.map { volume -> JSONValue in
                ["Type": "volume", "Name": .string(volume), "Destination": .string("/\(volume)"), "RW": true]
            }
            + binds.map { bind -> JSONValue in
                ["Type": "bind", "Source": .string(bind), "Destination": .string(bind), "RW": true]
            }
        let bindings: JSONValue = port.map { ["80/tcp": [["HostIp": "", "HostPort": .string($0)]]] } ?? [:]
        let usual: [String: JSONValue] = [
            "Image": .string(image), "Cmd": ["sleep", "1"], "Env": [],
            "Labels": .object(labels.mapValues { .string($0) }),
        ]
        let usualHost: [String: JSONValue] = [
            "NetworkMode": .string(network), "PortBindings": bindings, "AutoRemove": .bool(remove),
            "RestartPolicy": ["Name": "always"],
        ]
        return [
            "Name": .string("/" + name), "Id": .string("id-of-" + name), "Image": id,
            "State": ["Status": .string(up ? "running" : "exited")],
            "Config": .object(usual.merging(config) { $1 }),
            "HostConfig": .object(usualHost.merging(host) { $1 }),
            "Mounts": .array(mounts),
            "NetworkSettings": ["Networks": .object([network: ["IPAMConfig": .null, "Aliases": .null]])],
        ]
    }
}
