import Testing

@testable import Basics

@Suite struct WrittenTimeTests {
    private static let times = [
        "2026-11-21T09:30:00Z", "2026-11-21T09:30:00.5Z", "2026-11-21T09:30:00.123456789Z",
        "20261121T093000Z-4h9k2mzq7xbt",
    ]

    @Test(arguments: times) func `a time is told, and it would be shown in any case`(_ text: String) {
        #expect(WrittenTime.isWhole(text))
        #expect(Redactor().redact(Array(text.utf8)) == Array(text.utf8))
        #expect(Redactor().redact(text) == text)
        // Its name says more than its form.
        #expect(Redactor().redact(["password": .string(text)]) != ["password": .string(text)])
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:30:00", "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00.5xZ",
        "2026-11-21T09:30:00Z ", "2026-11-21T09:30:00Z\n", "x2026-11-21T09:30:00Z",
        "20261121T093000Z-4h9k2mzq7xb", "20261121T093000Z-4h9k2mzq7xbtt", "20261121T093000Z-4H9K2MZQ7XBT",
        "20261121T093000Z-4h9k2mzq7xb=", "2026112\u{661}T093000Z-4h9k2mzq7xbt",
    ]) func `anything more is looked through`(_ text: String) { #expect(!WrittenTime.isWhole(text)) }
}
