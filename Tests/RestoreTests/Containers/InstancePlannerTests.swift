import Basics
import Testing

@testable import Restore

@Suite struct InstancePlannerTests {
    /// - Parameter unlisted: probes that the daemons do not answer.
    private func state(_ answers: [InstanceDaemon: JSONValue], without unlisted: Set<String> = [])
        -> EngineState
    {
        EngineState { section, probe in
            guard !unlisted.contains(probe) else { return nil }
            let answer = InstanceDaemon(rawValue: section).flatMap { answers[$0] }
            return answer.map { JSONWriter.bytes(probe == "instances" ? $0 : []) }
        }
    }

    private func instance(_ name: String, _ status: String, project: String = "default") -> JSONValue {
        ["name": .string(name), "status": .string(status), "project": .string(project)]
    }

    private func plan(
        _ backup: EngineState, onto present: EngineState, holding: [String] = [],
        _ request: ContainerRequest = ContainerRequest()
    ) -> ContainerPlan {
        var holdings: [String: ContainerFacts.Holding] = [:]
        for path in holding { holdings[path] = .init(files: 1, bytes: 2048) }
        let facts = ContainerFacts(
            backup: backup, present: present, holdings: holdings, hash: RecordedEngine.hash, hide: { $0 })
        return ContainerPlanner(facts, request: request).plan()
    }

    @Test func `what is missing is imported, with and without the envelope of a socket`() {
        let list: JSONValue = [instance("a", "Running"), instance("b", "Stopped")]
        for answer in [list, ["metadata": list]] as [JSONValue] {
            let plan = plan(
                state([.lxd: answer]), onto: state([.lxd: [instance("b", "Stopped")]]),
                holding: ["/lxc-export/a.tar.gz", "/lxc-export/b.tar.gz"])
            #expect(plan.steps.map { "\($0.action.rawValue) \($0.name)" } == ["import-instance a"])
            #expect(plan.operations.instances.map(\.isUp) == [true])
            #expect(!plan.operations.needsEngine)
            #expect(plan.conflicts == [] && plan.warnings == [])
        }
    }

    @Test func `without an export, or without the daemon, it is told`() {
        let backup = state([.incus: [instance("a", "Running"), instance("x", "Running", project: "other")]])
        let unheld = plan(backup, onto: state([.incus: []]))
        let other = "1 instance of incus in other projects than ‘default’ is not restored"
        #expect(unheld.steps.isEmpty && unheld.warnings.count == 2 && unheld.warnings.last == other)
        #expect(unheld.warnings.first?.contains("--include-data") == true)
        let absent = plan(backup, onto: state([:]), holding: ["/incus-export/a.tar.gz"])
        #expect(absent.steps.isEmpty)
        #expect(absent.warnings == ["instance a is not restored: no incus answers on the device", other])
    }

    @Test func `a name that no instance has is a conflict`() {
        let backup = state([.lxd: [instance("$(reboot)", "Running")]])
        let plan = plan(backup, onto: state([.lxd: []]), holding: ["/lxc-export/$(reboot).tar.gz"])
        #expect(plan.steps.isEmpty && plan.conflicts.count == 1)
    }

    @Test func `an undo takes away what is there`() {
        let present = state([.lxd: [instance("a", "Running")]])
        let request = ContainerRequest(removes: ["instance lxd a", "instance lxd gone", "instance lxd $(x)"])
        let plan = plan(state([:]), onto: present, request)
        #expect(plan.steps.map { "\($0.action.rawValue) \($0.name)" } == ["remove-instance a"])
        #expect(plan.operations.removedInstances.map(\.name) == ["a"])
    }

    // MARK: What instances need

    /// A daemon with pools `default` and `fast`, a bridge, profiles, and the instance `web` that uses all of them.
    private func world(pool: JSONValue, network: JSONValue = ["type": "bridge"]) -> EngineState {
        func named(_ name: String, _ value: JSONValue) -> JSONValue {
            var members = value.object ?? [:]
            members["name"] = .string(name)
            return .object(members)
        }
        let web: JSONValue = [
            "status": "Running", "profiles": ["default", "web"],
            "devices": ["root": ["type": "disk", "path": "/", "pool": "fast"]],
        ]
        let profile: JSONValue = [
            "config": ["user.motd": "it's"],
            "devices": [
                "eth0": ["type": "nic", "network": "br0"],
                "eth1": ["type": "nic", "nictype": "macvlan", "parent": "enp1s0"],
            ],
        ]
        var bridge = network.object ?? [:]
        bridge["managed"] = true
        let lists: [String: JSONValue] = [
            "instances": [named("web", web)],
            "profiles": [named("default", ["devices": [:]]), named("web", profile)],
            "networks": [named("br0", .object(bridge)), named("enp1s0", ["managed": false])],
            "storage": [named("fast", pool)],
        ]
        return EngineState { section, probe in
            section == "lxd" ? lists[probe].map { JSONWriter.bytes($0) } : nil
        }
    }

    @Test func `pools, bridges and profiles come before the instance that needs them`() {
        let pool: JSONValue = [
            "driver": "dir",
            "config": [
                "source": "/var/lib/lxd/storage-pools/fast", "rsync.bwlimit": "1MB", "volatile.x": "1",
            ],
        ]
        let bridge: JSONValue = [
            "type": "bridge", "config": ["ipv4.address": "10.1.1.1/24", "volatile.bridge.hwaddr": "x"],
        ]
        let plan = plan(
            world(pool: pool, network: bridge), onto: state([.lxd: []]), holding: ["/lxc-export/web.tar.gz"])
        #expect(
            plan.operations.parts.map { $0.part.creation?.words } == [
                ["storage", "create", "fast", "dir", "rsync.bwlimit=1MB"],
                ["network", "create", "br0", "--type=bridge", "ipv4.address=10.1.1.1/24"],
                ["profile", "create", "web"],
            ])
        #expect(plan.operations.parts.last?.part.document.contains("\"user.motd\":\"it's\"") == true)
        #expect(
            plan.steps.map(\.name) == ["storage-pool fast", "network br0", "profile web", "web"])
        #expect(!plan.operations.needsEngine && plan.warnings == [])
    }

    @Test(
        arguments: [
            ["driver": "zfs", "config": ["source": "/dev/sdb"]],
            ["driver": "ceph", "config": ["source": "rbd"]],
            ["driver": "dir", "config": ["source": "/srv/pool"]],
            ["driver": "dir", "config": ["source": "", "-x": "1"]],
        ] as [JSONValue])
    func `a pool that cannot be made without a person leaves its instance out`(pool: JSONValue) {
        let plan = plan(world(pool: pool), onto: state([.lxd: []]), holding: ["/lxc-export/web.tar.gz"])
        #expect(plan.steps.isEmpty && plan.operations.isEmpty)
        #expect(plan.warnings.count == 1)
        #expect(
            plan.warnings.first?.hasPrefix("instance web is not restored: its storage pool fast is not there")
                == true)
    }

    @Test(arguments: [
        ("storage", "storage pools", "fast"), ("networks", "networks", "br0"),
        ("profiles", "profiles", "web"),
    ])
    func `what the daemon does not list is not taken for missing`(probe: String, kind: String, name: String) {
        let pool: JSONValue = ["driver": "dir", "config": [:]]
        let plan = plan(
            world(pool: pool), onto: state([.lxd: []], without: [probe]), holding: ["/lxc-export/web.tar.gz"])
        #expect(plan.steps.isEmpty && plan.operations.isEmpty)
        #expect(
            plan.warnings == [
                "instance web is not restored: lxd did not list its \(kind), so that nobody knows whether \(name) is there"
            ])
    }

    @Test func `an undo does not pass over what the daemon does not list`() {
        let request = ContainerRequest(removes: ["part lxd network br0"])
        let plan = plan(state([:]), onto: state([.lxd: []], without: ["networks"]), request)
        #expect(plan.steps.isEmpty && plan.conflicts.count == 1, "\(plan.conflicts)")
    }

    @Test func `only bridges are made`() {
        let pool: JSONValue = ["driver": "dir", "config": [:]]
        let plan = plan(
            world(pool: pool, network: ["type": "ovn"]), onto: state([.lxd: []]),
            holding: ["/lxc-export/web.tar.gz"])
        #expect(plan.steps.isEmpty)
        #expect(
            plan.warnings == [
                "instance web is not restored: its network br0 is not there, and only bridges are made"
            ])
    }

    @Test func `an undo takes them away after the instance, and nothing of another name`() {
        let there = world(pool: ["driver": "dir", "config": [:]])
        let request = ContainerRequest(removes: [
            "instance lxd web", "part lxd profile web", "part lxd network br0", "part lxd storage-pool fast",
            "part lxd profile gone", "part lxd image web", "part lxd profile $(x)",
        ])
        let plan = plan(state([:]), onto: there, request)
        #expect(
            plan.operations.removedParts.map { "\($0.kind.command) \($0.name)" } == [
                "profile web", "network br0", "storage fast",
            ])
        #expect(plan.operations.removedInstances.map(\.name) == ["web"] && !plan.operations.needsEngine)
    }

    @Test func `each can be left alone`() {
        var request = ContainerRequest()
        request.leavesInstances = true
        let plan = plan(
            state([.lxd: [instance("a", "Running")]]), onto: state([.lxd: []]),
            holding: ["/lxc-export/a.tar.gz"], request)
        #expect(plan.steps.isEmpty)
        #expect(ContainerRequest(json: request.json) == request)
    }
}
