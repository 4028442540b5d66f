import Basics

/// Blocks of packs that could not be read as they were written.
///
/// What lies in them counts as missing for everything that stores; a reader uses another copy where there is one.
struct BrokenBlocks: Sendable, Equatable {
    /// Those of one pack.
    enum Part: Sendable, Equatable {
        /// These numbers.
        case some(Set<UInt32>)
        /// Every block: the note about the pack cannot be read itself.
        case all
    }

    private(set) var parts: [PackID: Part] = [:]

    var isEmpty: Bool { parts.isEmpty }

    func contains(_ pack: PackID, _ number: UInt32) -> Bool {
        parts[pack]?.contains(number) ?? false
    }

    mutating func insert(_ pack: PackID, _ number: UInt32) { insert(pack, .some([number])) }

    mutating func insert(_ pack: PackID, _ part: Part) {
        if case .some(let old)? = parts[pack], case .some(let new) = part {
            parts[pack] = .some(old.union(new))
        } else if parts[pack] == nil || part == .all {
            parts[pack] = part
        }
    }

    mutating func formUnion(_ other: BrokenBlocks) {
        for (pack, part) in other.parts { insert(pack, part) }
    }

    /// Takes one block out of a pack of `count` blocks.
    mutating func remove(_ pack: PackID, _ number: UInt32, of count: Int) {
        var numbers: Set<UInt32> =
            switch parts[pack] {
            case .some(let numbers)?: numbers
            case .all?: Set(0..<UInt32(count))
            case nil: []
            }
        numbers.remove(number)
        parts[pack] = numbers.isEmpty ? nil : .some(numbers)
    }

    /// Forgets a pack.
    mutating func remove(_ pack: PackID) { parts[pack] = nil }
}

extension BrokenBlocks.Part {
    func contains(_ number: UInt32) -> Bool {
        switch self {
        case .some(let numbers): numbers.contains(number)
        case .all: true
        }
    }

    /// What the pack's note holds; nothing for a pack of which every block is suspected.
    var json: JSONValue {
        guard case .some(let numbers) = self else { return .object([:]) }
        return .object(["blocks": .array(numbers.sorted().map { .int(Int64($0)) })])
    }

    init(_ json: JSONFields) throws(RecordError) {
        var numbers: Set<UInt32> = []
        for element in try json.array("blocks") {
            guard let number = element.int.flatMap(UInt32.init(exactly:)) else {
                throw RecordError(reason: "the member blocks holds something else than numbers")
            }
            numbers.insert(number)
        }
        self = .some(numbers)
    }
}
