import Basics
import Codecs
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultKeyTests {
    private let key = VaultKey.random()

    private func same(_ left: VaultKey, _ right: VaultKey) -> Bool {
        left.master.exposed == right.master.exposed
    }

    @Test func `the text form comes back however it is typed`() throws {
        let text = key.recoveryText.exposed
        #expect(text.split(separator: "-").count == 2 + 14)
        let forms = [
            text, text.lowercased(), text + "\n", text.replacing("-", with: " "),
            String(text.dropFirst("holdfast-key-1:".count)),
            text.replacing("0", with: "O").replacing("1", with: "l"),
        ]
        for form in forms where !form.hasPrefix("holdfast key") && !form.hasPrefix("hO") {
            let typed = form.replacing("key-l", with: "key-1")
            #expect(same(try VaultKey(recoveryText: typed), key), "\(form)")
        }
    }

    @Test func `a typing error is found`() throws {
        let text = key.recoveryText.exposed
        let characters = Array(text)
        for index in "holdfast-key-1:".count..<characters.count where characters[index] != "-" {
            var wrong = characters
            wrong[index] = wrong[index] == "7" ? "8" : "7"
            #expect { try VaultKey(recoveryText: String(wrong)) } throws: {
                ($0 as? VaultError)?.code == .invalid
            }
        }
        var swapped = characters
        swapped.swapAt(15, 16)
        #expect(swapped == characters || (try? VaultKey(recoveryText: String(swapped))) == nil)
        for wrong in ["", "x", String(text.dropLast()), text + "0"] {
            #expect(throws: VaultError.self) { try VaultKey(recoveryText: wrong) }
        }
    }

    @Test func `nothing prints the key`() {
        #expect("\(key)" == "‹hidden›" && "\(key.recoveryText)" == "‹hidden›")
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains(Hex.string(key.master.exposed.prefix(4))))
    }

    @Test func `the key file is written once, for its owner only`() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/key"
        #expect { try VaultKey.read(path) } throws: { ($0 as? VaultError)?.code == .notFound }
        try key.write(path)
        #expect(same(try VaultKey.read(path), key))
        #expect(try Shell.output("stat -c %a '\(path)'") == Array("600\n".utf8))
        #expect { try VaultKey.random().write(path) } throws: { ($0 as? VaultError)?.code == .exists }
        #expect(same(try VaultKey.read(path), key))
    }

    @Test(
        "what is no ordinary file is told, and nobody waits for it", .timeLimit(.minutes(5)),
        arguments: ["mkfifo", "mkdir", "ln -s /dev/zero"])
    func strangeFiles(_ command: String) throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/key"
        try Shell.run("\(command) '\(path)'")
        #expect {
            try VaultKey.read(path)
        } throws: { error in
            let error = error as? VaultError
            return error?.code == .invalid && error?.message.contains("no ordinary file") == true
        }
    }
}
