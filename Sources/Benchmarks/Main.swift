import Glibc

/// Every benchmark, sorted by name.
///
/// A new benchmark is a file and a line here.
let allBenchmarks: [any Benchmark.Type] = [VaultBenchmark.self]

/// Runs the benchmarks named on the command line, or all; prints one JSON object a line.
@main enum Benchmarks {
    static func main() async throws {
        let wanted = CommandLine.arguments.dropFirst()
        let unknown = wanted.filter { name in !allBenchmarks.contains { $0.name == name } }
        guard unknown.isEmpty else {
            print("unknown: \(unknown.joined(separator: " "))")
            print("known: \(allBenchmarks.map { $0.name }.joined(separator: " "))")
            exit(2)
        }
        for benchmark in allBenchmarks where wanted.isEmpty || wanted.contains(benchmark.name) {
            try await benchmark.run()
        }
    }
}
