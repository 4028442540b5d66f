import Basics
import TestSupport
import Testing

extension Integration {
    /// A machine with containers that is got back on another one.
    @Suite(
        "Rebuild with containers", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .enabled(if: HoldfastHome.isExtended, "takes minutes: HOLDFAST_EXTENDED=1"),
        .timeLimit(.minutes(15)))
    struct RebuildContainersTests {
        /// A container of no project, with a volume, a network and an account's files beside the shop.
        private static let more = #"""
            set -e
            useradd -m -u 1700 -s /bin/bash alice
            docker network create --subnet 172.31.4.0/24 alone >/dev/null
            docker run -d --name single --restart always --network alone --ip 172.31.4.9 --stop-signal SIGKILL \
            --env 'ODD=$(touch /pwned)' --publish 8099:99 -v notes:/notes -v /srv/alice:/alice:ro busybox:1 sleep 100000 >/dev/null
            docker exec single sh -c 'seq 300 >/notes/list; chown 77:88 /notes/list'
            echo hers >/srv/alice/file; chown -R alice:alice /srv/alice

            """#

        /// Gives one machine the images of another, as a person would who has no registry.
        private func carryImages(from old: TestMachine, to new: TestMachine) throws {
            try old.run("docker save postgres:1 busybox:1 >/root/images.tar")
            try new.write(try old.read("/root/images.tar"), to: "/root/images.tar")
            try new.run("docker load -q </root/images.tar; rm /root/images.tar")
            try old.run("rm /root/images.tar")
        }

        @Test func `containers, networks, volumes and a project come back on a second machine, and go again`()
            async throws
        {
            let shop = try ShopProject()
            let old = shop.machine
            try old.run(Self.more)
            let engine = try shop.engine()
            let new = try TestMachine()
            try carryImages(from: old, to: new)
            // The number of alice is somebody else's there.
            try new.run("useradd -m -u 1700 -s /bin/sh zoe")
            let home = try await HoldfastHome.initialised()
            try await home.add(old, as: "old")
            try await home.add(new, as: "new")
            _ = try await home.backUp("old", "--include-data", "--stop-containers", "120")
            try old.cut()

            let planned = try await home.json(0, "rebuild", "plan", "old", "--device", "new")
            #expect(planned["plan"]?["conflicts"] == [], "\(planned["plan"]?["conflicts"] ?? .null)")
            let people =
                planned["items"]?.array?.filter { $0["by"] == "plan" }
                .compactMap { $0["name"]?.string } ?? []
            for name in [
                "compose project shop", "container single", "network alone", "volume notes",
                "volume shop_rows",
            ] {
                #expect(people.contains(name), "\(name): \(people)")
            }
            #expect(!"\(planned)".contains(ShopProject.secret))
            let plan = try #require(planned["plan"]?["plan"]?.string)
            try await home.approve(plan, of: "new")
            let applied = try await home.json(0, "restore", "apply", plan)
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")

            let there = ShopProject(on: new)
            #expect(try there.engine() == engine)
            #expect(try there.count() == "\(ShopProject.rows)")
            #expect(
                try new.line(
                    "docker exec single sh -c 'wc -l </notes/list; stat -c %u:%g /notes/list' | tr '\\n' ' '")
                    == "300 77:88 ")
            #expect(try new.line("stat -c %U /srv/alice/file") == "alice")
            #expect(try new.line("ls -d /pwned; echo end") == "end")
            let check = try await home.run(["rebuild", "check", "old", "--device", "new"])
            print(check.text)
            #expect(check.status == 0, "\(check.story)")

            let run = try #require(applied["run"]?.string)
            try await home.undo(run, of: "new")
            #expect(try new.line("docker ps -aq; docker volume ls -q; ls -A /opt /srv; echo end") == "end")
            #expect(try new.line("id -un 1700; id alice >/dev/null 2>&1 || echo none") == "none")
            // What nothing explains is told.
            let gone = try await home.json(3, "rebuild", "check", "old", "--device", "new")
            let unexpected =
                gone["differences"]?.array?.filter { $0["meaning"] == "unexpected" }
                .compactMap { $0["name"]?.string } ?? []
            #expect(
                Set(["single", "shop_db_1", "shop_web_1", "notes", "alone"]).isSubset(of: unexpected),
                "\(unexpected)")
        }
    }
}
