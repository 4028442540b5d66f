import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import Collectors

@Suite struct FreeSpaceTests {
    private func rooms(_ output: String) throws -> [String: [String: JSONValue]] {
        var captures = Captures()
        captures.byProbe["df"] = Capture(outcome: .exited(0), output: Array(output.utf8))
        let items = try FreeSpaceCollector.parse(captures).items.filter { $0.kind == "room" }
        return Dictionary(items.map { ($0.name, $0.fields) }) { first, _ in first }
    }

    @Test func `free bytes and names are those of each place`() throws {
        let rooms = try rooms(
            """
            Filesystem     1024-blocks      Used Available Capacity Mounted on
            /dev/sda1         40000000  10000000  28000000      27% /
            tmpfs                   48         0        48       0% /etc/cron.d
            df: /root/x: Permission denied
            pool/data       9999999999         0        -5     100% /tank
            === names
            Filesystem     Inodes IUsed  IFree IUse% Mounted on
            /dev/sda1     2500000 90000 2410000    4% /
            tmpfs              12     1      11    9% /etc/cron.d
            pool/data           0     0       0     - /tank
            """)
        let wanted: [String: [String: JSONValue]] = [
            "/": ["bytes": .int(28_672_000_000), "names": .int(2_410_000)],
            "/etc/cron.d": ["bytes": .int(49_152), "names": .int(11)],
            "/tank": ["bytes": .int(0)],
        ]
        #expect(rooms == wanted)
    }

    @Test(arguments: ["", "none\n"]) func `that root cannot be had is told`(_ output: String) throws {
        var captures = Captures()
        captures.byProbe["root"] = Capture(outcome: .exited(0), output: Array(output.utf8))
        let items = try FreeSpaceCollector.parse(captures).items
        #expect(items.map(\.kind) == (output.isEmpty ? [] : ["no-root"]))
    }

    @Test(arguments: ["", "=== names\n", "Filesystem 1 2\n/dev/x a b c d /\n"])
    func `what is not understood says nothing`(_ output: String) throws {
        #expect(try rooms(output).isEmpty)
    }

    @Test func `mounts are named with what the kernel writes in octal digits`() throws {
        var captures = Captures()
        let output = #"""
            Filesystem     1024-blocks      Used Available Capacity Mounted on
            === names
            === mounts
            /
            /srv/a\040b\134c
            /srv/a\040b\134c
            /srv/caf\303\251
            /srv/odd\377/x
            /srv/none\09
            not a place
            """#
        captures.byProbe["df"] = Capture(outcome: .exited(0), output: Array(output.utf8))
        let mounts = try FreeSpaceCollector.parse(captures).items.filter { $0.kind == "mount" }.map(\.name)
        // Of a name that is no text, the folder around it.
        #expect(mounts.sorted() == ["/", "/srv", #"/srv/a b\c"#, "/srv/café", #"/srv/none\09"#])
    }

    @Test func `this machine says how much room its root has`() throws {
        let script = try #require(FreeSpaceCollector.probes.first?.script)
        let file = try ScratchFolder()
        try file.write(Array(script.utf8), to: "df.sh")
        let output = try Shell.output("LC_ALL=C sh '\(file.path)/df.sh' 2>/dev/null || [ $? = 1 ]")
        let rooms = try rooms(String(decoding: output, as: UTF8.self))
        #expect(try #require(rooms["/"]?["bytes"]?.int) > 0, "\(rooms)")
        var captures = Captures()
        captures.byProbe["df"] = Capture(outcome: .exited(0), output: output)
        let mounts = try FreeSpaceCollector.parse(captures).items.filter { $0.kind == "mount" }.map(\.name)
        #expect(mounts.contains("/proc"), "\(mounts)")
    }
}
