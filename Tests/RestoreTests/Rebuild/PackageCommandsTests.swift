import Basics
import Testing

@testable import Restore

@Suite("Package commands")
struct PackageCommandsTests {
    private static func install(_ name: String, _ section: String, _ version: String = "", _ marks: String...)
        -> RestoreStep
    {
        RestoreStep(
            action: .install, subject: Array(name.utf8), section: section, what: ["package"] + marks,
            to: version)
    }

    @Test func `apt takes the version where a source has it, marks and holds`() {
        let script = PackageCommands([
            Self.install("nginx", "packages-dpkg", "1.22-3", PackageCommands.byHand, PackageCommands.held),
            Self.install("libc6:i386", "packages-dpkg", "2.36", PackageCommands.dependency),
        ]).script
        #expect(script.contains("hf_want nginx '1.22-3'\n") || script.contains("hf_want nginx 1.22-3\n"))
        #expect(script.contains("hf_want libc6:i386"))
        #expect(script.contains("hf_mark auto libc6:i386"))
        #expect(script.contains("hf_mark manual nginx"))
        #expect(script.contains("hf_mark hold nginx"))
        #expect(script.contains("--force-confold"))
    }

    @Test func `marks alone install nothing`() {
        let step = RestoreStep(
            action: .mark, subject: Array("vim".utf8), section: "packages-dpkg",
            what: [PackageCommands.byHand], from: PackageCommands.held)
        let script = PackageCommands([step]).script
        #expect(!script.contains("apt-get -q update") && script.contains("hf_mark unhold vim"))
        #expect(PackageCommands([]).script.isEmpty)
    }

    @Test func `other families install what was asked for, and the rest as dependencies`() {
        func script(_ section: String) -> String {
            PackageCommands([
                Self.install("nginx", section, "1.2", PackageCommands.byHand),
                Self.install("pcre", section, "8", PackageCommands.dependency),
            ]).script
        }
        let dnf = script("packages-rpm")
        #expect(dnf.contains("hf_dnf nginx ||") && dnf.contains("hf_dnf pcre ||"))
        let apk = script("packages-apk")
        #expect(
            apk.contains("apk add --simulate nginx=1.2 >") && apk.contains("apk add nginx <")
                && !apk.contains("pcre"))
        let pacman = script("packages-pacman")
        #expect(pacman.contains("--needed nginx <") && pacman.contains("--needed --asdeps pcre <"))
    }

    @Test(arguments: ["-rf", "a b", "a;b", "$(x)", "a\n", "", "a'b", "../x"])
    func `what is no name of a package never reaches a command`(_ name: String) {
        #expect(!PackageCommands.isPlain(name))
        #expect(PackageCommands([Self.install(name, "packages-dpkg")]).script.isEmpty)
    }

    @Test(arguments: ["nginx", "libstdc++6", "libc6:i386", "1:2.3~rc1-4+b1", "python3.11", "g++", "_x"])
    func `names and versions of packages`(_ name: String) { #expect(PackageCommands.isPlain(name)) }
}
