import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Restores of containers, networks and volumes onto a machine with a real Docker and docker-compose.
    @Suite(
        "ContainerRestore", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct ContainerRestoreTests {
        private func home(of machine: TestMachine) async throws -> HoldfastHome {
            let home = try await HoldfastHome.initialised()
            try await home.add(machine, as: "box", account: .root)
            return home
        }

        private func plan(_ home: HoldfastHome, _ more: [String] = []) async throws -> JSONValue {
            let outcome = try await home.run(
                ["restore", "plan", "latest:box", "--in-place", "--json"] + more)
            return try outcome.json()
        }

        /// Plans, approves and applies; the run.
        @discardableResult
        private func restore(_ home: HoldfastHome, _ more: String...) async throws -> JSONValue {
            let plan = try await plan(home, more)
            #expect(plan["conflicts"] == [])
            let id = try #require(plan["plan"]?.string)
            try await home.approve(id, of: "box")
            return try await home.json(0, "restore", "apply", id)
        }

        @Test func `a project that was deleted entirely comes back healthy with its rows`() async throws {
            let shop = try ShopProject()
            let home = try await home(of: shop.machine)
            let before = try shop.engine()
            _ = try await home.backUp("box", "--include-data", "--stop-containers", "120")
            try shop.deleteEverything()

            let plan = try await plan(home)
            let steps = (plan["steps"]?.array ?? []).compactMap { step in
                step["section"]?.string?.hasPrefix("docker-") == true
                    ? "\(step["action"]?.string ?? "") \(step["subject"]?.string ?? "")" : nil
            }
            #expect(
                steps == [
                    "create-network shop_inner", "create-volume shop_rows", "create-container shop_db_1",
                    "create-container shop_web_1",
                ])
            #expect(!JSONWriter.text(plan).contains(ShopProject.secret))
            let run = try await restore(home)
            #expect(run["state"]?.string == "kept")
            let rest = try await self.plan(home)["steps"] ?? .null
            #expect(run["reason"]?.string == "", "\(JSONWriter.text(rest))")
            let now = try shop.engine()
            #expect(now == before)
            #expect(try shop.count() == "\(ShopProject.rows)")
            #expect(try shop.machine.line("ls -A /var/lib/holdfast /pwned 2>/dev/null; echo end") == "end")
            #expect(try shop.machine.line("stat -c %a /opt/shop/.env") == "600")

            // The approval of the run does not speak of rows that came since; a person says yes, and nothing of the project is left.
            let id = try #require(run["run"]?.string)
            let unasked = try await home.json(6, "restore", "undo", id)
            #expect(unasked["error"]?["code"] == "person-required", "\(unasked)")
            try await home.undo(id, of: "box")
            let left = try shop.machine.line(
                "docker ps -aq; docker volume ls -q; ls /opt | grep shop; echo end")
            #expect(left == "end")
        }

        @Test
        func
            `one that differs makes room until the run is decided, and is back when the new one cannot be made`()
            async throws
        {
            let shop = try ShopProject()
            let home = try await home(of: shop.machine)
            let before = try shop.engine()
            _ = try await home.backUp("box")
            let change = """
                set -e; cd /opt/shop; cp docker-compose.yml /root/was
                sed -i 's/stop_signal: SIGKILL/&\\n    hostname: other/' docker-compose.yml
                docker-compose up -d >/dev/null 2>&1; cp /root/was docker-compose.yml
                docker inspect --format '{{.Id}} {{.Config.Hostname}}' shop_web_1
                """
            let changed = try shop.machine.line(change)
            #expect(changed.hasSuffix(" other"))

            // It cannot be made: the folder that it mounts is gone, and the backup has none of its data.
            let bad = try await plan(home, ["--container", "shop_web_1"])
            let id = try #require(bad["plan"]?.string)
            try await home.approve(id, of: "box")
            try shop.machine.run("mv /opt/shop/settings /opt/shop/kept")
            let outcome = try await home.run(["restore", "apply", id])
            #expect(outcome.status != 0, "\(outcome.story)")
            let look = "docker inspect --format '{{.Id}} {{.Config.Hostname}}' shop_web_1"
            #expect(try shop.machine.line(look) == changed)
            var now = try shop.engine()
            #expect(now == before, "\(outcome.story)")

            try shop.machine.run("rm -rf /opt/shop/settings; mv /opt/shop/kept /opt/shop/settings")
            let good = try await plan(home)
            let actions = (good["steps"]?.array ?? []).compactMap { $0["action"]?.string }
            #expect(actions.contains("replace-container"))
            #expect(try await restore(home)["state"]?.string == "kept")
            now = try shop.engine()
            #expect(now == before)
            #expect(try shop.machine.line(look).hasSuffix(" other") == false)
        }

        /// Result and reason of one check of a drill.
        private func check(_ name: String, _ drill: JSONValue) -> String {
            let found = (drill["checks"]?.array ?? []).first { $0["name"]?.string == name }
            return "\(found?["result"]?.string ?? "missing"): \(found?["reason"]?.string ?? "")"
        }

        @Test func `a drill is passed by a good backup, failed by a lost secret, and leaves nothing`()
            async throws
        {
            let shop = try ShopProject()
            let home = try await home(of: shop.machine)
            let engine = try shop.engine()
            let drill = ["restore", "drill", "latest:box", "--engine", "box", "--json"]
            _ = try await home.backUp("box", "--include-data", "--stop-containers", "120")
            let good = try await home.run(drill)
            #expect(good.status == 0, "\(good.story)")
            #expect(check("container shop_db_1", try good.json()).hasPrefix("ok: healthy after"))
            #expect(check("container shop_web_1", try good.json()) == "ok: it runs")
            #expect(try shop.engine() == engine, "the drill left something behind")

            try shop.machine.run("rm /opt/shop/.env")
            _ = try await home.backUp("box", "--include-data", "--stop-containers", "120")
            let secret = try await home.run(drill)
            #expect(secret.status != 0)
            #expect(
                check("compose /opt/shop/docker-compose.yml", try secret.json()).hasPrefix(
                    "failed: the variable POSTGRES_PASSWORD, used in line"))
            #expect(!secret.text.contains(ShopProject.secret))

            #expect(try shop.machine.line("docker volume ls -q | grep drill; echo end") == "end")
        }

        @Test(.enabled(if: HoldfastHome.isExtended, "takes minutes: HOLDFAST_EXTENDED=1"))
        func `a drill is failed by an emptied volume and by one flipped byte, each for its reason`()
            async throws
        {
            let shop = try ShopProject()
            let home = try await home(of: shop.machine)
            let data = ["--include-data", "--stop-containers", "120"]
            let whole = try await home.run(["backup", "create", "box", "--json"] + data)
            let good = try #require(
                try whole.json()["backups"]?.array?.first?["backup"]?.string, "\(whole.story)")

            // It starts again and again, and finds nothing.
            try shop.machine.run(
                """
                set -e
                docker stop shop_db_1; find /var/lib/docker/volumes/shop_rows/_data -mindepth 1 -delete
                docker start shop_db_1
                """)
            _ = try await home.run(["backup", "create", "box", "--json"] + data)
            let empty = try await home.run(["restore", "drill", "latest:box", "--engine", "box", "--json"])
            #expect(empty.status != 0)
            let (volume, database) = (
                check("volume shop_rows", try empty.json()), check("container shop_db_1", try empty.json())
            )
            print(volume, database, separator: "\n")
            #expect(volume.hasPrefix("failed: it is empty, and held"), "\(empty.story)")
            #expect(volume.hasSuffix("files in backup \(good)"))
            #expect(database.hasPrefix("failed: "))
            #expect(database.contains("there is no database in /var/lib/postgresql/data"), "\(database)")

            try Shell.run(Self.flip(in: home.path))
            let flipped = try await home.run(["restore", "drill", good, "--engine", "box", "--json"])
            #expect(flipped.status != 0)
            let (contents, reason) = (
                check("contents", try flipped.json()), check("container shop_db_1", try flipped.json())
            )
            print(contents, reason, separator: "\n")
            #expect(contents.hasPrefix("failed: "), "\(flipped.story)")
            #expect(
                reason.hasPrefix("failed: its data cannot be read: /var/lib/docker/volumes/shop_rows/_data/"))
            #expect(reason.hasSuffix(" is damaged"))
            #expect(try shop.machine.line("docker volume ls -q | grep drill; echo end") == "end")
        }

        /// Changes one bit in the middle of the largest pack of a home.
        private static func flip(in home: String) -> String {
            """
            set -e
            p=$(find '\(home)/vault/packs' -type f -printf '%s %p\\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
            n=$(($(stat -c %s "$p") / 2)); b=$(od -An -tu1 -j "$n" -N 1 "$p"); chmod u+w "$p"
            printf "$(printf '\\\\%03o' $((b ^ 1)))" | dd of="$p" bs=1 seek="$n" conv=notrunc status=none
            """
        }
    }
}
