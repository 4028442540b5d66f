import Basics
import Testing
import Vault

@testable import Restore

@Suite("Maps")
struct RestoreMapTests {
    private static let names = RestoreMap.Names(
        users: ["alice", "eth9"], interfaces: ["eth0", "eth9"], otherInterfaces: ["ens3"])

    @Test(arguments: [
        ("alice=bob", "user:alice=bob"), ("/srv/a/=/data/a", "path:/srv/a=/data/a"),
        ("eth0=ens3", "interface:eth0=ens3"),
        ("10.0.0.1=10.0.0.2", "address:10.0.0.1=10.0.0.2"), ("fd00::1=fd00::2", "address:fd00::1=fd00::2"),
        ("user:eth9=bob", "user:eth9=bob"),
    ])
    func `a map means what its left side is`(_ typed: String, _ stored: String) throws {
        let map = try RestoreMap.parse(typed, Self.names)
        #expect(map.text == stored)
        #expect(RestoreMap(stored: stored) == map)
    }

    @Test(arguments: [
        ("alice", "A=B"), ("a=", "A=B"), ("=b", "A=B"), ("x=x", "A=B"), ("nobody=bob", "matches nothing"),
        ("eth9=ens3", "may mean"), ("eth0=ens9", "no interface"), ("alice=a b", "no name"),
        ("alice=root", "root"),
        ("user:carol=bob", "no user"), ("10.0.0.1=fd00::1", "one family"), ("10.0.0.1=10.0.0", "one family"),
        ("/etc/nginx=/etc/x", "by its name"), ("/srv/a=/srv/a/b", "lies in the other"),
        ("/srv/a=b", "no absolute"),
        ("/srv/../etc=/data", "‘..’"), ("/srv/a=/usr/x", "by its name"),
    ])
    func `what is not sound is refused with the reason`(_ typed: String, _ words: String) {
        do {
            let map = try RestoreMap.parse(typed, Self.names)
            Issue.record("\(map)")
        } catch { #expect(error.message.contains(words), "\(error)") }
    }

    private static func text(_ text: String, _ maps: RestoreMap...) -> String {
        String(decoding: RestoreMaps(maps).changed(Array(text.utf8)).bytes, as: UTF8.self)
    }

    @Test func `names in texts change as whole words only`() {
        let eth = RestoreMap(.interface, from: "eth0", to: "ens3")
        #expect(
            Self.text("-i eth0 -o eth01 myeth0 eth0.5 net.eth0.x eth0", eth)
                == "-i ens3 -o eth01 myeth0 ens3.5 net.ens3.x ens3")
        let four = RestoreMap(.address, from: "10.0.0.1", to: "10.0.0.9")
        #expect(
            Self.text("10.0.0.1:80 10.0.0.10 110.0.0.1 10.0.0.1. 10.0.0.1/24", four)
                == "10.0.0.9:80 10.0.0.10 110.0.0.1 10.0.0.9. 10.0.0.9/24")
        let six = RestoreMap(.address, from: "fd00::1", to: "fd00::9")
        #expect(Self.text("[fd00::1]:80 fd00::12 afd00::1", six) == "[fd00::9]:80 fd00::12 afd00::1")
        let swap = [
            RestoreMap(.interface, from: "a0", to: "b0"), RestoreMap(.interface, from: "b0", to: "a0"),
        ]
        #expect(Self.text("a0 b0", swap[0], swap[1]) == "b0 a0")
    }

    @Test func `only configuration that is carried over is rewritten`() {
        func entry(_ path: String, size: Int64 = 4) -> FileEntry {
            FileEntry(path: Array(path.utf8), kind: .file, size: size)
        }
        #expect(RestoreMaps.isConfiguration(entry("/etc/nftables.conf")))
        #expect(!RestoreMaps.isConfiguration(entry("/srv/site/index")))
        #expect(!RestoreMaps.isConfiguration(entry("/etc/netplan/a.yaml")))
        #expect(!RestoreMaps.isConfiguration(entry("/etc/big", size: 2 << 20)))
    }

    @Test func `users and paths move files, links and tables of cron`() {
        let maps = RestoreMaps([
            RestoreMap(.user, from: "alice", to: "bob"), RestoreMap(.path, from: "/srv/a", to: "/data/x"),
            RestoreMap(.path, from: "/srv/a/b", to: "/data/y"),
        ])
        func moved(_ path: String, link: String = "") -> FileEntry {
            maps.applied(
                to: FileEntry(
                    path: Array(path.utf8), kind: link.isEmpty ? .file : .symbolicLink, user: "alice",
                    group: "alice",
                    linkTarget: Array(link.utf8)))
        }
        #expect(DeviceText.string(moved("/srv/a/f").path) == "/data/x/f")
        #expect(DeviceText.string(moved("/srv/a/b/f").path) == "/data/y/f")
        #expect(DeviceText.string(moved("/srv/ab").path) == "/srv/ab")
        #expect(DeviceText.string(moved("/srv/l", link: "/srv/a/f").linkTarget) == "/data/x/f")
        #expect(
            DeviceText.string(moved("/var/spool/cron/crontabs/alice").path) == "/var/spool/cron/crontabs/bob")
        #expect(moved("/x").user == "bob" && moved("/x").group == "bob")
        let table = maps.accounts(
            AccountTable(
                users: [.init(name: "alice", id: 1, groupID: 1)],
                groups: [.init(name: "alice", id: 1), .init(name: "g", id: 2, members: ["alice"])]))
        #expect(table.users.keys.sorted() == ["bob"] && table.groups["g"]?.members == ["bob"])
        #expect(table.groups["bob"] != nil)
    }
}
