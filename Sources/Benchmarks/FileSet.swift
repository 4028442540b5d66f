import Basics

/// Small files as a fleet of servers has them: configuration, units, inspected containers, package lists.
///
/// The same seed gives the same files everywhere. A little less than half of the contents are distinct: the others are
/// the same on many devices. Texts share a vocabulary; ids, addresses and digests in them do not repeat.
struct FileSet: Sendable {
    /// One file.
    struct File: Sendable {
        /// Relative to the root, with the device's name in front.
        let path: String
        let content: [UInt8]
    }

    let devices: Int
    let filesPerDevice: Int
    let seed: UInt64

    init(devices: Int = 100, filesPerDevice: Int = 300, seed: UInt64 = 1) {
        self.devices = devices
        self.filesPerDevice = filesPerDevice
        self.seed = seed
    }

    /// The path of one file of one device, relative to the root.
    func path(of number: Int, on device: Int) -> String {
        "device\(device)/etc/area\(number / 30)/\(Self.kinds[number % 4])-\(number)"
    }

    /// Writes all files below `folder`.
    func write(below folder: String) throws {
        for device in 0..<devices {
            for file in files(of: device) {
                let path = folder + "/" + file.path
                try Folder.createAll(AtomicFile.folder(of: path))
                try OpenFile(path, .create).write(file.content)
            }
        }
    }

    /// The files of one device, in order.
    func files(of device: Int) -> [File] {
        (0..<filesPerDevice).map { number in
            let isOwn = number % 100 < 44
            // Files that are not the device's own exist in a few variants, as distributions and roles do.
            let variant = isOwn ? device + 1000 : device % 3
            return File(
                path: path(of: number, on: device), content: content(number, variant: UInt64(variant)))
        }
    }

    private static let kinds = ["unit.service", "app.conf", "container.json", "list.txt"]

    private static let words: [String] = {
        let syllables = [
            "ser", "ver", "net", "log", "path", "con", "fig", "user", "max", "time", "out", "buf", "fer",
            "mode",
        ]
        return syllables.flatMap { first in syllables.map { first + $0 } }
    }()

    private func content(_ number: Int, variant: UInt64) -> [UInt8] {
        // What all variants of a file have in common, and what is this one's own.
        var common = SplitMix(seed &* 1_000_003 &+ UInt64(number))
        var own = SplitMix(seed &* 7_919 &+ UInt64(number) &* 65_537 &+ variant &* 0x9E37_79B9)
        let length = Self.length(number, &common)
        var text: [UInt8] = []
        text.reserveCapacity(length + 128)
        while text.count < length { Self.line(number % 4, &common, &own, into: &text) }
        return text
    }

    private static func length(_ number: Int, _ random: inout SplitMix) -> Int {
        switch number % 4 {
        case 0: 600 + random.below(1_200)
        case 1: 1_000 + random.below(7_000)
        case 2: 9_000 + random.below(4_000)
        default: 2_000 + random.below(14_000)
        }
    }

    private static func line(
        _ kind: Int, _ common: inout SplitMix, _ own: inout SplitMix, into text: inout [UInt8]
    ) {
        let key = words[common.below(words.count)]
        let value = value(common.below(10), &common, &own)
        let line =
            switch kind {
            case 0: "\(key.capitalized)=\(value)\n"
            case 1: "    \(key) \(value);\n"
            case 2: "        \"\(key.capitalized)\": \"\(value)\",\n"
            default: "\(key)\tinstall\t\(value)\n"
            }
        text.append(contentsOf: line.utf8)
    }

    private static func value(_ kind: Int, _ common: inout SplitMix, _ own: inout SplitMix) -> String {
        switch kind {
        case 0, 1: words[common.below(words.count)] + "-" + words[own.below(words.count)]
        case 2: String(common.below(65_536))
        case 3: String(own.below(65_536))
        case 4: "10.\(common.below(256)).\(own.below(256)).\(own.below(256))"
        case 5: "/var/lib/\(words[common.below(words.count)])/\(words[common.below(words.count)])"
        case 6: Hex.string(own.bytes(common.below(4) == 0 ? 32 : 6))
        case 7: common.below(2) == 0 ? "true" : "false"
        default: (0..<4).map { _ in words[common.below(words.count)] }.joined(separator: " ")
        }
    }
}

extension String {
    /// The first letter in upper case.
    fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}

/// A small generator of random numbers that gives the same sequence everywhere.
///
/// - SeeAlso: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014.
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// 0 ..< `limit`.
    mutating func below(_ limit: Int) -> Int { Int(next() >> 11) % limit }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
