import Basics
import TestSupport
import Testing

/// A mark for tests: not secure, but it tells texts apart and does not show them.
private func testMark(_ bytes: [UInt8]) -> [UInt8] {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return (0..<8).map { UInt8(truncatingIfNeeded: state >> ($0 * 8)) }
}

@Suite("Redactor")
struct RedactorTests {
    private let plain = Redactor()
    private let marking = Redactor(mark: testMark)

    @Test(arguments: PlantedSecrets.all)
    func `no planted secret survives in text`(_ planted: PlantedSecret) {
        for redactor in [plain, marking] {
            let seen = redactor.redact("before\n\(planted.text)\nafter\n")
            for part in planted.hidden { #expect(!seen.contains(part), "\(seen)") }
            #expect(seen.hasPrefix("before\n"))
            #expect(redactor.redact(seen) == seen)
        }
    }

    @Test(arguments: PlantedSecrets.all)
    func `no planted secret survives in a tree, whatever holds its text`(_ planted: PlantedSecret) {
        let lines = planted.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let trees: [JSONValue] = [
            .string(planted.text), ["log": .string(planted.text)], [1, .string(planted.text), nil],
            .object([planted.text: 1]), .array(lines.map(JSONValue.string)),
            .string(JSONWriter.text(["message": .string(planted.text)])), .secret(planted.text),
        ]
        for tree in trees {
            let seen = marking.redact(tree)
            let written = JSONWriter.text(seen)
            for part in planted.hidden { #expect(!written.contains(part), "\(written)") }
            #expect(marking.redact(seen) == seen)
        }
    }

    @Test(arguments: PlantedSecrets.innocent)
    func `what is no secret stays as it is`(_ text: String) {
        #expect(marking.redact(text) == text)
        #expect(marking.redact(["text": .string(text)]) == ["text": .string(text)])
    }

    struct TreeCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let tree: JSONValue
        let shown: JSONValue
    }

    @Test(arguments: [
        TreeCase(
            testDescription: "wrapped values", tree: ["env": ["A": .secret("x"), "B": "y"]],
            shown: ["env": ["A": "‹hidden›", "B": "y"]]),
        TreeCase(
            testDescription: "telling names",
            tree: [
                "dbPassword": "x", "api_token": "y", "PIN": "1", "secret": 123_456, "tokens": .double(5.5),
                "password": .double(55555.5),
            ],
            shown: [
                "dbPassword": "‹hidden›", "api_token": "‹hidden›", "PIN": "1", "secret": "‹hidden›",
                "tokens": .double(5.5), "password": "‹hidden›",
            ]),
        TreeCase(
            testDescription: "pairs of name and value",
            tree: [["name": "DB_PASSWORD", "value": "x"], ["name": "USER", "value": "bob"]],
            shown: [["name": "DB_PASSWORD", "value": "‹hidden›"], ["name": "USER", "value": "bob"]]),
        TreeCase(
            testDescription: "what a secret is about",
            tree: ["passwords": ["bob": "x", "file": "/run/x", "created": "/a"], "passwordFile": "/x"],
            shown: [
                "passwords": ["bob": "‹hidden›", "file": "/run/x", "created": "/a"], "passwordFile": "/x",
            ]),
        TreeCase(
            testDescription: "words of a command",
            tree: ["redis-server", "--requirepass", "p1", "--port", "1", "--password", "--verbose"],
            shown: ["redis-server", "--requirepass", "‹hidden›", "--port", "1", "--password", "--verbose"]),
        TreeCase(
            testDescription: "lines of a key",
            tree: ["-----BEGIN PRIVATE KEY-----", "MIIE", "c2hvcnQ=", "-----END PRIVATE KEY-----", "x"],
            shown: ["-----BEGIN PRIVATE KEY-----", "‹hidden›", "‹hidden›", "-----END PRIVATE KEY-----", "x"]),
        TreeCase(
            testDescription: "a wrapper with company", tree: ["$secret": "x", "and": "y"],
            shown: ["$secret": "‹hidden›", "and": "y"]),
        TreeCase(
            testDescription: "names that collide when hidden",
            tree: ["https://u:abcd1@h/": 1, "https://u:abcd2@h/": 2, "n": 3],
            shown: ["https://u:‹hidden›@h/": 1, "https://u:‹hidden›@h/ (1)": 2, "n": 3]),
        TreeCase(
            testDescription: "private members of a JSON web key",
            tree: [["kty": "OKP", "d": "abc", "x": "y"], ["d": "abc", "k": "v"]],
            shown: [["kty": "OKP", "d": "‹hidden›", "x": "y"], ["d": "abc", "k": "v"]]),
        TreeCase(
            testDescription: "nothing", tree: [[:], [], nil, true, ""], shown: [[:], [], nil, true, ""]),
    ])
    func `trees are hidden by wrapper, name and text`(_ test: TreeCase) {
        #expect(plain.redact(test.tree) == test.shown)
        #expect(plain.redact(test.shown) == test.shown)
    }

    @Test func `marks say that a secret changed and nothing else`() {
        let first = marking.redact(.secret("alpha"))
        #expect(first == marking.redact(.secret("alpha")))
        #expect(first != marking.redact(.secret("beta")))
        #expect(first.string?.count == "‹hidden:1a2b3c4d›".count)
        #expect(marking.redact("PASSWORD=alpha") == "PASSWORD=\(first.string ?? "")")
        #expect(plain.redact(.secret("alpha")) == "‹hidden›")
    }

    @Test(arguments: [
        "password=‹hidden›", "https://‹hidden:0a1b2c3d›@git.example/x", "password: ‹hidden:0a1b2c3d›",
        "-----BEGIN PRIVATE KEY-----‹hidden:0a1b2c3d›-----END PRIVATE KEY-----", "‹hidden:0a1b2c3d›",
    ])
    func `what is hidden already stays`(_ text: String) {
        #expect(marking.redact(text) == text)
    }

    @Test(arguments: [
        "password=‹hidden›realsecret", "password=realsecret‹hidden:0a1b2c3d›", "TOKEN=‹hidden:realsecret›",
        "postgres://u:‹hidden›realsecret@h/",
    ])
    func `a secret cannot hide behind the look of a hidden one`(_ text: String) {
        let seen = marking.redact(text)
        #expect(!seen.contains("realsecret"), "\(seen)")
        #expect(marking.redact(seen) == seen)
    }

    @Test func `bytes that are no text keep what is no secret`() {
        let bytes: [UInt8] = [0xFF, 0x0A] + Array("PASSWORD=abc".utf8) + [0x0A, 0xFE, 0x00]
        let expected: [UInt8] = [0xFF, 0x0A] + Array("PASSWORD=‹hidden›".utf8) + [0x0A, 0xFE, 0x00]
        #expect(plain.redact(bytes) == expected)
    }

    @Test func `hostile text grows by a small factor at most`() {
        for piece in [
            "pw=a\n", "‹hidden›", "a://b:c@d ", "-----BEGIN PRIVATE KEY-----\n", "pw=‹hidden\n", "\"pw\":1,",
        ] {
            let text = String(repeating: piece, count: 2_000)
            let seen = marking.redact(text)
            #expect(seen.utf8.count <= text.utf8.count * 7)
            #expect(marking.redact(seen) == seen)
        }
    }

    @Test(arguments: [
        #"{"password":["a1","b2"],"n":1}"#, #"{"tokens": [ "a1" , "b2" ], "keys": ["c"]}"#,
        #"{"value":"a1","name":"API_TOKEN"}"#, #"{"log":"{\"password\":[\"a1\",\"b2\"]}"}"#,
    ])
    func `JSON stays JSON`(_ text: String) throws {
        let seen = marking.redact(text)
        #expect(seen != text)
        _ = try JSONParser.parse(Array(seen.utf8))
        #expect(!["a1", "b2"].contains { seen.contains("\"" + $0) || seen.contains($0 + "\"") }, "\(seen)")
    }

    @Test func `what is drawn at random behind an option that tells is no option`() {
        let plain = Redactor()
        for option in ["--token", "--api-key", "--password"] {
            let shown = plain.redact(pieces: [option, "-untAwWzMR3s2qYOMmm8IK_JD1rndzB", "-v", "x"])
            #expect(shown.count == 4 && !shown[1].contains("untAw") && shown[0] == option)
            for next in ["--verbose", "-v", "--log-level=debug", "--", "-y"] {
                #expect(plain.redact(pieces: [option, next, "x"]) == [option, next, "x"], "\(next)")
            }
        }
    }

    /// Mixes pieces at random (a fixed seed) and asks for the two properties that must always hold.
    @Test func `a value of several lines in a piece is hidden whole`() {
        let shown = plain.redact(pieces: ["-e", "MULTI_SECRET=first\nsecond", "-e", "NOTE=one\ntwo"])
        #expect(shown == ["-e", "MULTI_SECRET=‹hidden›", "-e", "NOTE=one\ntwo"])
    }

    @Test func `redacting twice is redacting once`() {
        let pieces = [
            "password", "=", ":", " ", "\n", "\"", "'", "‹hidden›", "‹hidden:0a1b2c3d›", "‹hidden", "›",
            "://",
            "@", "a", "7", "-----BEGIN ", "PRIVATE KEY", "-----", "-----END ", "token", "{", "}", ",", "\\",
            "|\n  ",
            "user ", " on >", "MONITOR a # b ", "1 ", " primary", "<<E\n", "\nE\n", "chpasswd", "\"kty\"",
            "\"d\"", "%",
            "basicauth {\n", "}\n", "||=", "a.b ", "root:", "h.example", "password(", "chpasswd:\n ", ", <<",
            "K7QP-J571-NM8W-3AKS-X368", "holdfast-key-1:", "hfk_", "[", "]", "??", "'c'", "value", "name",
            "$6$abcdefgh$ijklmnop", "Bearer abcdefghijkl1", "--", "<", ">", "db:5432:app:bob:",
        ]
        var state: UInt64 = 42
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<2000 {
            let text = (0..<next(24)).map { _ in pieces[next(pieces.count)] }.joined()
            let once = marking.redact(text)
            #expect(marking.redact(once) == once, "\(text.debugDescription)")
            let tree = JSONValue.array([.string(text), .string(once), .string("b")])
            let shown = marking.redact(tree)
            #expect(marking.redact(shown) == shown, "\(text.debugDescription)")
        }
    }

    /// Found by the fuzzer.
    @Test(arguments: [
        ##"{"env":[{"name":"DB_PASSWORD","valu$e":"x"}],"log":"{\"m\":\"to_PASSWORD"," KEY--":"DB_ken=abc\\nY---b\"secretes://u:p@h/","@ttps://‹mb2c3d›ret":"y"}"##
    ]) func `redacting a tree twice is redacting it once`(_ text: String) throws {
        let tree = try JSONParser.parse(Array(text.utf8))
        let once = marking.redact(tree)
        #expect(JSONWriter.text(marking.redact(once)) == JSONWriter.text(once))
    }

    @Test func `what the fuzzer begins with or has found is redacted twice as it is once`() throws {
        let names = TestFiles.names(in: Self.corpus).filter { $0.contains(".") }
        #expect(names.count > 5)
        for name in names {
            let bytes = try #require(TestFiles.bytes(at: Self.corpus + "/" + name), "\(name)")
            guard let tree = try? JSONParser.parse(bytes, repairsText: true) else { continue }
            let once = marking.redact(tree)
            #expect(marking.redact(once) == once, "\(name)")
        }
    }

    private static let corpus = TestFiles.folder(of: #filePath) + "/../../Sources/FuzzRedactor/Corpus"
}
