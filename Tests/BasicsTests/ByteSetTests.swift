import Testing

@testable import Basics

@Suite struct ByteSetTests {
    private static let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test func `sets that are written as numbers hold what they are for`() {
        let sets: [(ByteSet, String)] = [
            (ByteSet.letters, Self.alphanumeric),
            (ByteSet.digits, "0123456789"),
            (ByteSet.token, Self.alphanumeric + "_-"),
            (ByteSet.dotted, Self.alphanumeric + "_-."),
            (ByteSet.blank, " \t\r"),
            (ByteSet.lineMargin, " \t+-#;>"),
            (ByteSet.space, " \t\r\n"),
            (ByteSet.gap, " \t"),
            (ByteSet.quotes, "\"'"),
            (ByteSet.keyDigits, "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz"),
            (ByteSet.leafStart, Self.alphanumeric + "\"'$+/_.-!@#%&*~^"),
            (ByteSet.nameEnd, " \t\"':=]"),
        ]
        for (set, text) in sets {
            for byte in UInt8.min...UInt8.max {
                #expect(set.contains(byte) == text.utf8.contains(byte), "\(text)")
            }
        }
    }
}
