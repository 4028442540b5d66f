import Basics
import Glibc

/// What the command line asks for.
struct Options: Sendable {
    /// The path of this program.
    let program: String
    /// Benchmarks to run; none means all.
    var names: [String] = []
    /// The program that is measured.
    var holdfast = ".build/shipped/holdfast"
    /// The folder of `bench-device` and of the peers.
    var scripts = "scripts"
    /// The file of limits; nil compares with none.
    var thresholds: String?
    /// How often each contender runs; nil leaves it to the benchmark.
    var rounds: Int?

    /// Why the command line cannot be understood.
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter arguments: the program's path first.
    init(_ arguments: [String]) throws(Malformed) {
        program = Self.absolute(arguments.first ?? "")
        var rest = arguments.dropFirst().makeIterator()
        while let word = rest.next() {
            guard word.hasPrefix("--") else {
                names.append(word)
                continue
            }
            guard let value = rest.next() else { throw Malformed(description: "\(word) needs a value") }
            switch word {
            case "--holdfast": holdfast = value
            case "--scripts": scripts = value
            case "--thresholds": thresholds = value
            case "--rounds": rounds = Int(value)
            default: throw Malformed(description: "there is no option \(word)")
            }
        }
        holdfast = Self.absolute(holdfast)
        scripts = Self.absolute(scripts)
        thresholds = thresholds.map(Self.absolute)
    }

    /// The same options on a command line.
    var arguments: [String] {
        var words = names + ["--holdfast", holdfast, "--scripts", scripts]
        if let thresholds { words += ["--thresholds", thresholds] }
        if let rounds { words += ["--rounds", String(rounds)] }
        return words
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : ProcessEnvironment.currentFolder + "/" + path
    }
}
