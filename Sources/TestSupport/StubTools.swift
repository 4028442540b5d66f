import Basics

/// Stand-ins for `docker`, `systemctl`, `lxc` and `nginx` on a device: they know the calls that reading needs and no other.
///
/// Each writes its arguments to `/stub/log`, ended by NUL, a call by one more; what it does not know ends with status 64,
/// names other than those it listed with 65.
package struct StubTools: Sendable {
    /// A container that the stub of `docker` knows.
    package struct Container: Sendable {
        package var name: String
        package var environment: [String]
        package var command: [String]
        package var labels: [String: String]

        package init(
            _ name: String, environment: [String] = [], command: [String] = [], labels: [String: String] = [:]
        ) {
            self.name = name
            self.environment = environment
            self.command = command
            self.labels = labels
        }
    }

    package var containers: [Container] = []
    package var volumes: [String] = []
    package var networks: [String] = []
    /// Unit names with what `systemctl cat` says of them.
    package var units: [(name: String, text: String)] = [
        ("ssh.service", "# /lib/systemd/system/ssh.service\n[Service]\nExecStart=/usr/sbin/sshd -D\n")
    ]
    /// Names of LXD instances with their configuration.
    package var instances: [(name: String, config: [String: String])] = []

    package init() {}

    /// Installs them in `world`; call it again to replace what they know.
    package func install(on world: DeviceWorld) throws {
        try world.run(
            """
            set -eu
            umask 022
            mkdir -p /stub/docker /stub/lxc /usr/local/bin /var/lib/docker /var/lib/lxd /run/systemd/system
            [ -S /var/lib/lxd/unix.socket ] || perl -MSocket -e 'socket(S, PF_UNIX, SOCK_STREAM, 0) or die;
            bind(S, pack_sockaddr_un("/var/lib/lxd/unix.socket")) or die'
            rm -f /usr/bin/curl
            """)
        for (path, bytes) in files { try world.write(bytes, to: path) }
        try world.run(
            "chmod 755 /usr/local/bin/docker /usr/local/bin/systemctl /usr/local/bin/lxc /usr/local/bin/nginx; : >/stub/log"
        )
    }

    /// The calls since the last installation, each with the program's name first.
    package static func calls(on world: DeviceWorld) throws -> [[String]] {
        let log = try world.run("cat /stub/log")
        return log.split(separator: 0, omittingEmptySubsequences: false).reduce(into: [[]]) { calls, word in
            if word.isEmpty {
                calls.append([])
            } else {
                calls[calls.count - 1].append(DeviceText.string(word))
            }
        }.filter { !$0.isEmpty }
    }

    private var files: [(String, [UInt8])] {
        let ids = containers.indices.map(Self.identity)
        let projects = containers.indices.filter {
            containers[$0].labels["com.docker.compose.project"] != nil
        }
        let labels = projects.map {
            JSONWriter.text(.object(containers[$0].labels.mapValues { .string($0) }))
        }
        let folders = projects.flatMap { index in
            ["working_dir", "config_files", "environment_file"].map {
                containers[index].labels["com.docker.compose.project." + $0] ?? ""
            }
        }
        return [
            ("/usr/local/bin/docker", Array(Self.docker.utf8)), ("/usr/local/bin/lxc", Array(Self.lxc.utf8)),
            ("/usr/local/bin/systemctl", Array(Self.systemctl.utf8)),
            ("/usr/local/bin/nginx", Array(Self.nginx.utf8)),
            ("/stub/docker/ids", Self.lines(ids)),
            ("/stub/docker/projects", Self.lines(projects.map(Self.identity))),
            ("/stub/docker/labels", Self.lines(labels)), ("/stub/docker/folders", Self.lines(folders)),
            ("/stub/docker/containers", Self.json(containers.enumerated().map { Self.container($1, $0) })),
            ("/stub/docker/volumes", Self.lines(volumes)),
            (
                "/stub/docker/volumes.json",
                Self.json(volumes.map { ["Name": .string($0), "Driver": "local"] })
            ),
            ("/stub/docker/network-ids", Self.lines(networks.indices.map(Self.identity))),
            (
                "/stub/docker/networks.json",
                Self.json(networks.map { ["Name": .string($0), "Driver": "bridge"] })
            ),
            ("/stub/units", Self.lines(units.map { $0.name + " enabled enabled" })),
            ("/stub/unit-names", Self.lines(units.map(\.name))),
            ("/stub/definitions", Self.lines(units.map(\.text))),
            ("/stub/lxc/instances", Self.json(instances.map(Self.instance))),
        ]
    }

    private static func identity(_ index: Int) -> String {
        let digits = String(index + 1, radix: 16)
        return String(repeating: "c", count: 64 - digits.count) + digits
    }

    private static func lines(_ lines: [String]) -> [UInt8] { lines.flatMap { Array($0.utf8) + [0x0A] } }

    private static func json(_ elements: [JSONValue]) -> [UInt8] { JSONWriter.bytes(.array(elements)) }

    private static func container(_ container: Container, _ index: Int) -> JSONValue {
        [
            "Id": .string(identity(index)), "Name": .string("/" + container.name), "Image": "sha256:00",
            "Config": [
                "Image": "example/app:1", "Env": .array(container.environment.map { .string($0) }),
                "Cmd": .array(container.command.map { .string($0) }),
                "Labels": .object(container.labels.mapValues { .string($0) }),
            ],
            "HostConfig": [
                "NetworkMode": "bridge", "RestartPolicy": ["Name": "always", "MaximumRetryCount": 0],
            ],
            "State": ["Status": "running"], "Mounts": [],
        ]
    }

    private static func instance(_ instance: (name: String, config: [String: String])) -> JSONValue {
        [
            "name": .string(instance.name), "type": "container", "status": "Running", "project": "default",
            "config": .object(instance.config.mapValues { .string($0) }), "devices": [:],
            "profiles": ["default"],
        ]
    }

    /// What every stub begins with: the log, and `same FILE NAMES …`.
    private static func head(_ name: String) -> String {
        """
        #!/bin/sh
        { printf '\(name)\\0'; [ $# = 0 ] || printf '%s\\0' "$@"; printf '\\0'; } >>/stub/log
        same() {
        file=$1; shift
        printf '%s\\n' "$@" | cmp -s - "$file" || { echo "\(name): no such object" >&2; exit 65; }
        }

        """
    }

    private static let docker =
        head("docker") + """
            case "$*" in
            'info --format {{json .}}') echo '{"ServerVersion":"24.0.7","Driver":"overlay2"}' ;;
            'ps --all --quiet --no-trunc') cat /stub/docker/ids ;;
            'ps --all --quiet --no-trunc --filter label=com.docker.compose.project') cat /stub/docker/projects ;;
            'inspect --type container -- '*) shift 4; same /stub/docker/ids "$@"; cat /stub/docker/containers ;;
            'inspect --type container --format {{json .Config.Labels}} -- '*)
            shift 6; same /stub/docker/projects "$@"; cat /stub/docker/labels ;;
            'inspect --type container --format '*working_dir*)
            shift 6; same /stub/docker/projects "$@"; cat /stub/docker/folders ;;
            'image ls --quiet --no-trunc') ;;
            'volume ls --quiet') cat /stub/docker/volumes ;;
            'volume inspect -- '*) shift 3; same /stub/docker/volumes "$@"; cat /stub/docker/volumes.json ;;
            'network ls --quiet --no-trunc') cat /stub/docker/network-ids ;;
            'network inspect -- '*) shift 3; same /stub/docker/network-ids "$@"; cat /stub/docker/networks.json ;;
            *) echo "docker: unknown call: $*" >&2; exit 64 ;;
            esac

            """
    private static let systemctl =
        head("systemctl") + """
            case "$*" in
            'list-unit-files --no-pager --plain --no-legend') cat /stub/units ;;
            'list-unit-files --type=service,timer --no-pager --plain --no-legend') cat /stub/units ;;
            'cat --no-pager -- '*) shift 3; same /stub/unit-names "$@"; cat /stub/definitions ;;
            *) echo "systemctl: unknown call: $*" >&2; exit 64 ;;
            esac

            """
    private static let lxc =
        head("lxc") + """
            case "$*" in
            'query /1.0/instances?recursion=1&all-projects=true') cat /stub/lxc/instances ;;
            'query /1.0/'*'?recursion=1'*) echo '[]' ;;
            *) echo "lxc: unknown call: $*" >&2; exit 64 ;;
            esac

            """
    private static let nginx =
        head("nginx") + """
            case "$*" in
            -v) echo 'nginx version: nginx/1.22.1' >&2 ;;
            *) exit 64 ;;
            esac

            """
}
