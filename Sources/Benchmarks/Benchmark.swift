import Basics

/// Something whose cost is measured.
protocol Benchmark: Sendable {
    /// The name on the command line and in the output.
    static var name: String { get }
    /// Measures, and prints each figure with `report`.
    static func run(_ options: Options, _ report: Report) async throws
}

/// A benchmark that this machine cannot run, and why.
struct Skipped: Error, CustomStringConvertible {
    let description: String
}
