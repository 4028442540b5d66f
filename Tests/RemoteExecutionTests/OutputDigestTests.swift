import RemoteExecution
import Testing

@Suite("Digests of what a device need not send again")
struct OutputDigestTests {
    private static let good = String(repeating: "0a", count: 32)

    private static let cases: [(text: String, isDigest: Bool)] = [
        (good, true), ("", false), (String(good.dropLast()), false), (good + "0", false),
        (good.uppercased(), false), (String(good.dropLast(3)) + "$()", false),
        (String(good.dropLast()) + "\n", false),
    ]

    @Test("Only what can stand in a script is a digest", arguments: cases)
    func text(text: String, isDigest: Bool) { #expect((OutputDigest(text) != nil) == isDigest) }

    @Test("A script brings the digests it was given, and its own boundary")
    func script() throws {
        let digest = try #require(OutputDigest(Self.good))
        let template = FramedScript.Template(steps: [ScriptStep(timeLimit: 1, script: "echo")])
        let boundary = FrameBoundary()
        let plain = String(decoding: template.bytes(boundary: boundary), as: UTF8.self)
        let asking = String(
            decoding: template.bytes(boundary: boundary, known: [3: digest, 1: digest], listing: digest),
            as: UTF8.self)
        #expect(plain.contains("\nB=\(boundary.text)\n") && !plain.contains(Self.good))
        let beginning = Self.good.prefix(32)
        #expect(
            asking.contains(
                "\nB=\(boundary.text)\nhf_known_1=\(beginning)\nhf_known_3=\(beginning)\nhf_seen=\(beginning)\n"
            ))
    }
}
