import Basics
import Testing

@testable import Restore

@Suite struct ContainerPlannerTests {
    private typealias Engine = RecordedEngine

    private func plan(
        _ backup: EngineState, onto present: EngineState, _ request: ContainerRequest = ContainerRequest(),
        holding: [String] = [], files: Set<String> = [], dependencies: [String: [String]] = [:]
    ) -> ContainerPlan {
        var holdings: [String: ContainerFacts.Holding] = [:]
        for name in holding {
            holdings["/var/lib/docker/volumes/\(name)/_data"] = .init(files: 3, bytes: 1000)
        }
        var facts = ContainerFacts(
            backup: backup, present: present, holdings: holdings, hash: Engine.hash, hide: { $0 })
        facts.files = files
        facts.dependencies = dependencies
        return ContainerPlanner(facts, request: request).plan()
    }

    private func steps(_ plan: ContainerPlan) -> [String] {
        plan.steps.map { "\($0.action.rawValue) \($0.name)" }
    }

    @Test func `what is missing is made in the order in which it is needed`() {
        let backup = Engine.state(
            [Engine.container("web", volumes: ["data"], network: "inner")],
            networks: [Engine.network("inner", "10.9.0.0/24")], volumes: [Engine.volume("data")])
        let plan = plan(backup, onto: Engine.state([]), holding: ["data"])
        #expect(plan.conflicts == [])
        #expect(steps(plan) == ["create-network inner", "create-volume data", "create-container web"])
        #expect(plan.operations.proofs.map(\.name) == ["web"])
        #expect(self.plan(backup, onto: backup).steps.isEmpty)
    }

    @Test func `one that differs is kept aside, one that stands still is started`() {
        let backup = Engine.state([Engine.container("a", labels: ["x": "1"]), Engine.container("b")])
        let present = Engine.state([
            Engine.container("a", labels: ["x": "2"]), Engine.container("b", up: false),
        ])
        let plan = plan(backup, onto: present)
        #expect(steps(plan) == ["replace-container a", "start-container b"])
        #expect(plan.operations.asides.map(\.name) == ["a"])
        #expect(plan.operations.starts == ["b"])
        #expect(plan.steps.first?.text == ["---label x=2", "+--label x=1"])
    }

    @Test func `a volume without content in the backup is not made empty unasked`() {
        let backup = Engine.state(
            [Engine.container("a", volumes: ["data"])], volumes: [Engine.volume("data")])
        let plan = plan(backup, onto: Engine.state([]))
        #expect(plan.conflicts.count == 1)
        #expect(plan.conflicts.first?.contains("--empty-volumes") == true)
        let asked = self.plan(backup, onto: Engine.state([]), ContainerRequest(allowsEmptyVolumes: true))
        #expect(asked.conflicts == [])
        #expect(asked.warnings == ["volume data is made empty: the backup holds nothing of it"])
    }

    @Test func `a volume that is there gets other content only when that was asked for`() {
        let engine = Engine.state(
            [Engine.container("a", volumes: ["data"]), Engine.container("b", volumes: ["data"])],
            volumes: [Engine.volume("data")])
        #expect(plan(engine, onto: engine, holding: ["data"]).steps.isEmpty)
        let asked = plan(engine, onto: engine, ContainerRequest(replacesData: true), holding: ["data"])
        #expect(steps(asked) == ["replace-volume data"])
        #expect(asked.operations.paused == ["id-of-a", "id-of-b"])
        #expect(asked.affected.contains("container b (uses the volume data)"))
    }

    @Test func `an engine that is left alone gets the data of the volumes that are named`() {
        let engine = Engine.state(
            [Engine.container("a", volumes: ["data"]), Engine.container("b", volumes: ["other"])],
            networks: [Engine.network("n", "10.9.0.0/24")],
            volumes: [Engine.volume("data"), Engine.volume("other")])
        let lost = Engine.state([Engine.container("a", volumes: ["data"])], volumes: [Engine.volume("data")])
        var request = ContainerRequest(replacesData: true)
        request.leavesContainers = true
        #expect(plan(engine, onto: lost, request, holding: ["data", "other"]).steps.isEmpty)
        request.volumes = ["data", "other"]
        let asked = plan(engine, onto: lost, request, holding: ["data", "other"])
        #expect(steps(asked) == ["replace-volume data", "create-volume other"])
        #expect(asked.operations.paused == ["id-of-a"])
        #expect(ContainerRequest(json: request.json) == request)
    }

    @Test func `a port that somebody has is a conflict, unless ports are left out`() {
        let backup = Engine.state([Engine.container("a", port: "80")])
        let taken = Engine.state([Engine.container("other", port: "80")])
        #expect(plan(backup, onto: taken).conflicts.first?.contains("taken by container other") == true)
        var listening = Engine.state([])
        listening.listening = ["80/tcp"]
        #expect(plan(backup, onto: listening).conflicts.first?.contains("program of the machine") == true)
        let without = plan(backup, onto: taken, ContainerRequest(leavesPortsOut: true))
        #expect(without.conflicts == [])
        #expect(without.operations.creations.first?.spec.ports == [])
        // The one that makes room has it no longer.
        let own = Engine.state([Engine.container("a", port: "80", labels: ["x": "1"])])
        #expect(plan(backup, onto: own).conflicts == [])
    }

    @Test func `without ports not even those are published that the engine would choose`() {
        let chosen = Engine.container("a", host: ["PublishAllPorts": true])
        let plan = plan(Engine.state([chosen]), onto: Engine.state([]))
        #expect(plan.operations.creations.first?.spec.options.words.contains("--publish-all") == true)
        let without = self.plan(
            Engine.state([chosen]), onto: Engine.state([]), ContainerRequest(leavesPortsOut: true))
        #expect(without.operations.creations.first?.spec.options.words.contains("--publish-all") == false)
        #expect(without.warnings == ["container a publishes none of its ports: all"])
    }

    @Test func `an image that nobody has is a conflict, one with a registry's digest is pulled`() throws {
        let backup = Engine.state([Engine.container("a")])
        let nothing = Engine.state([], images: [])
        #expect(
            plan(backup, onto: nothing).conflicts.first?.hasPrefix(
                "image busybox:1 is not here and the backup has its digest only") == true)
        var image = try #require(Engine.recorded("images").first?.object)
        let digest = "busybox@sha256:" + String(repeating: "a", count: 64)
        image["RepoDigests"] = .array([.string(digest)])
        let known = Engine.state([Engine.container("a")], images: [.object(image)])
        let pulled = plan(known, onto: nothing)
        #expect(pulled.conflicts == [])
        #expect(pulled.steps.map(\.action) == [.pullImage, .createContainer])
        #expect(pulled.operations.images.first?.tag == "busybox:1")
    }

    @Test func `under another name it has volumes of its own and nothing of the project`() {
        let labels = ["com.docker.compose.project": "p", "com.docker.compose.service": "s", "own": "1"]
        let engine = Engine.state(
            [
                Engine.container(
                    "a", volumes: ["data"], network: "inner", labels: labels,
                    config: ["MacAddress": "02:42:ac:11:00:99"])
            ], networks: [Engine.network("inner", "10.9.0.0/24")], volumes: [Engine.volume("data")])
        let plan = plan(engine, onto: engine, ContainerRequest(names: ["a"], newName: "b"), holding: ["data"])
        #expect(plan.conflicts == [])
        #expect(steps(plan) == ["create-volume b_data", "create-container b"])
        let made = plan.operations.creations.first?.spec
        #expect(made?.labels == ["own": "1"])
        #expect(made?.volumes.map(\.name) == ["b_data"])
        #expect(made?.options.words.contains("--mac-address") == false)
        #expect(plan.operations.asides.isEmpty && plan.operations.paused.isEmpty)
        let taken = self.plan(engine, onto: engine, ContainerRequest(names: ["a"], newName: "a"))
        #expect(taken.conflicts.contains("there is a container ‘a’ already"))
    }

    @Test func `without an engine, or with one that forgets what it stops, nothing is planned`() {
        let backup = Engine.state([Engine.container("a", labels: ["x": "1"], remove: true)])
        #expect(plan(backup, onto: .absent).conflicts.first?.contains("no Docker engine") == true)
        let other = Engine.state([Engine.container("a", remove: true)])
        #expect(plan(backup, onto: other).conflicts.first?.contains("--rm") == true)
    }

    @Test func `addresses that another network has are a conflict only for fixed ones`() {
        let backup = Engine.state(
            [Engine.container("a", network: "inner")], networks: [Engine.network("inner", "10.9.0.0/24")])
        let present = Engine.state([], networks: [Engine.network("other", "10.9.0.0/16")])
        let plan = plan(backup, onto: present)
        #expect(plan.conflicts == [])
        #expect(plan.operations.networks.first?.spec.creation.words.contains("--subnet") == false)
        let everything = Engine.state(
            Engine.recorded("everything"),
            networks: [Engine.network("every", "172.29.7.0/24"), Engine.network("second", "10.1.0.0/16")],
            volumes: [Engine.volume("data")])
        let clash = self.plan(
            everything, onto: Engine.state([], networks: [Engine.network("other", "172.29.0.0/16")]),
            holding: ["data"])
        #expect(clash.conflicts.contains { $0.contains("172.29.7.0/24") })
    }

    @Test func `a project comes up by compose when its files are there, else by itself in its order`() {
        func member(_ service: String) -> JSONValue {
            Engine.container(
                "p_\(service)_1",
                labels: [
                    "com.docker.compose.project": "p", "com.docker.compose.service": service,
                    "com.docker.compose.project.working_dir": "/opt/p",
                    "com.docker.compose.project.config_files": "docker-compose.yml",
                    "com.docker.compose.version": "1.29.2",
                ])
        }
        let backup = Engine.state([member("app"), member("db")])
        let order = ["p/app": ["db"]]
        let whole = plan(
            backup, onto: Engine.state([]), files: ["/opt/p/docker-compose.yml"], dependencies: order)
        #expect(whole.operations.projects.map(\.services) == [["db", "app"]])
        #expect(whole.operations.creations.isEmpty)
        #expect(steps(whole) == ["create-container p_db_1", "create-container p_app_1"])
        #expect(whole.operations.projects.first?.arguments.words.contains("--no-recreate") == true)
        let bare = plan(backup, onto: Engine.state([]), dependencies: order)
        #expect(bare.operations.projects.isEmpty)
        #expect(bare.operations.creations.map(\.spec.name) == ["p_db_1", "p_app_1"])
        let one = plan(
            backup, onto: Engine.state([]), ContainerRequest(names: ["p_app_1"]),
            files: ["/opt/p/docker-compose.yml"])
        #expect(one.operations.creations.map(\.spec.name) == ["p_app_1"])
    }

    @Test func `what is set aside is not given to compose, which would remove it`() {
        func member(_ service: String, _ more: [String: String] = [:], up: Bool = true) -> JSONValue {
            let labels = [
                "com.docker.compose.project": "p", "com.docker.compose.service": service,
                "com.docker.compose.project.working_dir": "/opt/p",
                "com.docker.compose.project.config_files": "docker-compose.yml",
            ]
            return Engine.container("p_\(service)_1", up: up, labels: labels.merging(more) { $1 })
        }
        let backup = Engine.state([member("app"), member("db")])
        for isUp in [true, false] {
            let present = Engine.state([member("db", ["x": "other"], up: isUp)])
            let plan = plan(backup, onto: present, files: ["/opt/p/docker-compose.yml"])
            #expect(steps(plan) == ["create-container p_app_1", "replace-container p_db_1"])
            #expect(plan.operations.projects.isEmpty)
            #expect(plan.operations.creations.map(\.spec.name) == ["p_app_1", "p_db_1"])
        }
        // One that the backup has stopped is set aside as well.
        let stopped = Engine.state([member("app"), member("db", up: false)])
        let plan = plan(
            stopped, onto: Engine.state([member("db", ["x": "other"])]), files: ["/opt/p/docker-compose.yml"])
        #expect(plan.operations.projects.isEmpty)
    }

    @Test func `what an undo takes away is what is there`() {
        let present = Engine.state(
            [Engine.container("a", volumes: ["data"]), Engine.container("b")],
            networks: [Engine.network("n", "10.9.0.0/24")], volumes: [Engine.volume("data")])
        let request = ContainerRequest(
            removes: ["container a", "volume data", "network n", "container gone", "volume $(reboot)"])
        let plan = plan(Engine.state([]), onto: present, request)
        #expect(steps(plan) == ["remove-container a", "remove-volume data", "remove-network n"])
        #expect(plan.operations.asides.map(\.isRemoved) == [true])
        #expect(plan.operations.paused.isEmpty)
    }

    @Test(arguments: [false, true])
    func `what mounts a folder that a file takes the place of stands still afterwards`(isFile: Bool) {
        let engine = Engine.state([
            Engine.container("a", binds: ["/srv/a"]), Engine.container("b", binds: ["/srv/a/b"]),
            Engine.container("c", binds: ["/srv"]), Engine.container("d", binds: ["/srv/ab"]),
        ])
        var facts = ContainerFacts(
            backup: engine, present: engine, holdings: ["/srv/a": .init(files: 1, bytes: 5)],
            hash: Engine.hash, hide: { $0 })
        facts.holdings["/srv/a"]?.isFile = isFile
        var request = ContainerRequest(places: ["/srv/a"])
        (request.folders, request.leavesContainers) = (["/srv/a"], true)
        let plan = ContainerPlanner(facts, request: request).plan()
        #expect(steps(plan) == ["replace-data /srv/a"])
        #expect(plan.operations.halted == (isFile ? ["id-of-a", "id-of-b"] : []))
        #expect(plan.operations.paused == (isFile ? ["id-of-c"] : ["id-of-a", "id-of-b", "id-of-c"]))
    }

    @Test func `a request survives being stored`() {
        let request = ContainerRequest(
            names: ["a"], newName: "b", leavesPortsOut: true, replacesData: true, allowsEmptyVolumes: true,
            allowsSpecial: true, removes: ["volume x"], places: ["/srv/ä b"])
        #expect(ContainerRequest(json: request.json) == request)
    }
}
