import Testing

@testable import Basics

@Suite("Texts that are known to hold no secret")
struct CleanTextsTests {
    @Test func `a text is looked through once`() {
        let texts = CleanTexts()
        #expect(texts.contains("nas1") == false)
        texts.insert("nas1")
        #expect(texts.contains("nas1") == true)
    }

    @Test func `long texts and texts beyond ASCII are never kept`() {
        let texts = CleanTexts()
        #expect(texts.contains(String(repeating: "a", count: CleanTexts.lengthLimit)) == false)
        #expect(texts.contains(String(repeating: "a", count: CleanTexts.lengthLimit + 1)) == nil)
        #expect(texts.contains("Küche") == nil)
    }

    @Test func `the memory is bounded`() {
        let texts = CleanTexts()
        for number in 0..<(3 * CleanTexts.countLimit) { texts.insert("device\(number)") }
        #expect(texts.count <= CleanTexts.countLimit)
        #expect(texts.contains("device\(3 * CleanTexts.countLimit - 1)") == true)
    }

    // The Kelvin sign counts as a K where texts are compared, and is none where secrets are looked for.
    @Test func `a text that only counts as the same does not let a secret through`() {
        let redactor = Redactor()
        let harmless = "TO\u{212A}EN=abcdefgh12345678"
        let secret = "TOKEN=abcdefgh12345678"
        #expect(harmless == secret)
        _ = redactor.redact(harmless)
        #expect(redactor.redact(secret) == "TOKEN=‹hidden›")
        #expect(redactor.redact(secret) == "TOKEN=‹hidden›")
    }

    @Test(arguments: PlantedSecrets.all)
    func `a planted secret is hidden each time`(_ planted: PlantedSecret) {
        let redactor = Redactor()
        let first = redactor.redact(planted.text)
        #expect(redactor.redact(planted.text) == first)
        for part in planted.hidden { #expect(!first.contains(part)) }
    }
}
