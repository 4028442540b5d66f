import Testing

@testable import Codecs

@Suite struct FarTimeTests {
    /// The time of a member whose pax record says `text`.
    private func modified(_ text: String) throws -> Int64? {
        let body = "mtime=\(text)\n"
        var length = body.utf8.count + 3
        length += String(length).count - 2
        var records = PaxRecords()
        let bytes = Array("\(length) \(body)".utf8)
        #expect(bytes.count == length && records.add(bytes))
        return records.modified
    }

    @Test func `a time beyond what can be kept is the furthest there is, never 1970`() throws {
        #expect(try modified("8999999999.5") == 8_999_999_999_500_000_000)
        for far in ["9000000000", "32503680000.123456789", "99999999999999999999999999"] {
            #expect(try modified(far) == .max, "\(far)")
            #expect(try modified("-" + far) == .min, "\(far)")
        }
        #expect(try modified("12x") == nil)
        #expect(try modified("99999999999999x") == nil)
    }
}
