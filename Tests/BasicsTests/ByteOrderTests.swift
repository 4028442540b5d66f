import Basics
import Testing

@Suite("The order of byte strings")
struct ByteOrderTests {
    struct Case: CustomTestStringConvertible {
        let left: [UInt8]
        let right: [UInt8]
        let precedes: Bool
        let shared: Int

        var testDescription: String { "\(left) \(right)" }
    }

    static let cases = [
        Case(left: [], right: [], precedes: false, shared: 0),
        Case(left: [], right: [0], precedes: true, shared: 0),
        Case(left: [0], right: [], precedes: false, shared: 0),
        Case(left: [1, 2], right: [1, 2], precedes: false, shared: 2),
        Case(left: [1, 2], right: [1, 2, 0], precedes: true, shared: 2),
        Case(left: [1, 0x7F], right: [1, 0x80], precedes: true, shared: 1),
        Case(left: [0xFF], right: [0, 1], precedes: false, shared: 0),
    ]

    @Test("Bytes count as numbers without a sign, and a beginning comes first", arguments: cases)
    func order(example: Case) {
        #expect(ByteOrder.precedes(example.left, example.right) == example.precedes)
        #expect(ByteOrder.sharedPrefix(example.left, example.right) == example.shared)
    }

    @Test("Says what the standard library says")
    func agreement() {
        var generator = SystemRandomNumberGenerator()
        let texts = (0..<200).map { _ in
            (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                UInt8.random(in: 0...3, using: &generator)
            }
        }
        for left in texts {
            for right in texts {
                #expect(ByteOrder.precedes(left, right) == left.lexicographicallyPrecedes(right))
            }
        }
    }

    @Test("what lies in a folder stands before what only begins with its name")
    func folders() {
        let paths = ["/a-b", "/a/z", "/a", "/a.d/x", "/b", "/a/b/c", "/a/b"].map { Array($0.utf8) }
        let sorted = ByteOrder.inFolderOrder(paths).map { String(decoding: paths[$0], as: UTF8.self) }
        #expect(sorted == ["/a", "/a/b", "/a/b/c", "/a/z", "/a-b", "/a.d/x", "/b"])
        #expect(ByteOrder.inFolderOrder([]) == [])
    }
}
