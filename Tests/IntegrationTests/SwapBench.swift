import Basics
import TestSupport
import Testing

/// A machine with a few small containers, and what of them a restore answers for.
struct SwapBench {
    let rig: RestoreRig

    /// Sections that a restore of containers needs; the rest of the machine costs time and says nothing here.
    static let sections = [
        "compose", "docker-containers", "docker-daemon", "docker-images", "docker-networks", "docker-volumes",
        "listening-ports", "container-data",
    ]

    /// `app` has a fixed address, a volume, a bind mount that its health hangs on; `side` uses the same volume.
    private static let setup = #"""
        set -e
        docker network create --subnet 172.30.9.0/24 inner >/dev/null
        mkdir -p /srv/flag; : >/srv/flag/ok
        docker volume create goods >/dev/null
        docker run --rm -v goods:/goods busybox:1 sh -c 'seq 1000 >/goods/rows; chown 12:34 /goods/rows'
        app() {
        docker run -d --name app --network inner --ip 172.30.9.7 --publish 8077:77 --stop-signal SIGKILL -v goods:/goods \
        -v /srv/flag:/flag:ro --health-cmd 'test -e /flag/ok' --health-interval 1s --health-retries 2 "$@" busybox:1 sleep 100000
        }
        app --restart unless-stopped --label version=old --env 'ODD=$(touch /pwned)' >/dev/null
        docker run -d --name side --restart always -v goods:/goods busybox:1 \
        sh -c 'trap "sleep 2; exit" TERM; while :; do sleep 0.1; done' >/dev/null
        until [ "$(docker inspect --format '{{.State.Health.Status}}' app)" = healthy ]; do sleep 0.2; done

        """#

    /// Another `app`, and other rows.
    static let drift = #"""
        set -e
        docker rm -f app >/dev/null
        docker run -d --name app --restart on-failure:3 --label version=new -v goods:/goods busybox:1 sleep 100000 >/dev/null
        docker exec app sh -c 'echo drifted >/goods/rows; echo more >/goods/more'

        """#

    /// - Parameter text: run first, when the images are there.
    init(_ text: String = setup) async throws {
        rig = try await RestoreRig()
        try rig.machine.importImage(.busybox)
        try rig.machine.run(text)
    }

    func backUp() async throws -> String { try await rig.backUp(Self.sections, ["--include-data"]) }

    /// Everything about containers, networks and volumes that must be as it was; ids and times are not.
    func state() throws -> String {
        try rig.text(
            #"""
            set -- $(docker ps -aq)
            [ $# = 0 ] || docker inspect --format '{{$n := .Name}}{{println $n .State.Status (and .State.Health .State.Health.Status) .Config.Image (json .Config.Labels) (json .Config.Env) (json .Config.Cmd) (json .HostConfig.RestartPolicy) (json .HostConfig.PortBindings)}}{{range .Mounts}}{{println $n .Type .Name .Source .Destination .RW}}{{end}}{{range $k, $v := .NetworkSettings.Networks}}{{println $n $k (json $v.IPAMConfig)}}{{end}}' "$@" | grep . | sed 's/{"Name":"","Max/{"Name":"no","Max/' | sort
            docker network ls --format '{{.Name}} {{.Driver}}' | sort
            for v in $(docker volume ls -q | sort); do
            echo "volume $v"
            ( cd "/var/lib/docker/volumes/$v/_data" && find . -type f -printf '%p %m %U %G\n' | sort && find . -type f -print0 | sort -z | xargs -0 -r sha256sum )
            done
            ls -d /pwned 2>/dev/null; exit 0
            """#)
    }

    /// All is as it was in `state`; else the lines that only the one or the other has are told.
    func expectNoChanges(since state: String, _ location: SourceLocation = #_sourceLocation) throws {
        let (before, now) = (Set(state.split(separator: "\n")), Set(try self.state().split(separator: "\n")))
        let changes =
            before.subtracting(now).map { "- \($0)" }.sorted()
            + now.subtracting(before).map { "+ \($0)" }.sorted()
        #expect(changes == [], "\(changes.joined(separator: "\n"))", sourceLocation: location)
    }

    /// Waits until the machine's `app` is healthy.
    func awaitHealthy(_ name: String = "app") throws {
        try rig.machine.wait(
            for: "[ \"$(docker inspect --format '{{.State.Health.Status}}' \(name))\" = healthy ]")
    }

    /// What a run leaves on a machine that it has done with: nothing, of containers either.
    func leftovers() throws -> String {
        try rig.leftovers() + rig.text("docker ps -a --format '{{.Names}}' | grep holdfast; exit 0")
    }

    /// Steps of the engine that a plan has.
    func engineSteps(_ plan: JSONValue) -> [String] {
        (plan["steps"]?.array ?? []).compactMap { step in
            step["section"]?.string?.hasPrefix("docker-") == true
                ? "\(step["action"]?.string ?? "") \(step["subject"]?.string ?? "")" : nil
        }
    }

    func plan(_ backup: String, _ more: [String] = []) async throws -> JSONValue {
        let outcome = try await rig.home.run(["restore", "plan", backup, "--in-place", "--json"] + more)
        return try outcome.json()
    }

    /// Plans and says yes; the plan's id.
    func approved(_ backup: String, _ more: [String] = []) async throws -> String {
        let plan = try await plan(backup, more)
        #expect(plan["conflicts"] == [])
        let id = try #require(plan["plan"]?.string, "\(plan)")
        try await rig.home.approve(id, of: "box")
        return id
    }
}
