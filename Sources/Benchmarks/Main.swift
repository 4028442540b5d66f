import Basics
import Glibc

/// Every benchmark, sorted by name.
///
/// A new benchmark is a file and a line here.
let allBenchmarks: [any Benchmark.Type] = [
    CollectManyBenchmark.self,
    CollectOneBenchmark.self,
    HTTPBenchmark.self,
    HostConfigBenchmark.self,
    MCPBenchmark.self,
    RestoreBenchmark.self,
    StartupBenchmark.self,
    VaultBenchmark.self,
    VaultCommandBenchmark.self,
]

/// What the program's exit status says.
enum ExitStatus {
    /// Every figure is within its limit.
    static let done: Int32 = 0
    /// A figure is beyond its limit.
    static let missed: Int32 = 1
    /// The command line cannot be understood.
    static let misused: Int32 = 2
    /// The machine cannot do what the benchmark needs.
    static let impossible: Int32 = 3
}

/// Runs the benchmarks named on the command line, or all; prints one JSON object a line.
@main enum Benchmarks {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first {
        case VaultCommandBenchmark.writing: return try FileSet().write(below: CommandLine.arguments[2])
        case CollectOneBenchmark.writing:
            return try CollectOneBenchmark.writeScript(to: CommandLine.arguments[2])
        case HostConfigCalls.word: return try await HostConfigCalls.serve(home: CommandLine.arguments[2])
        default: break
        }
        do throws(Options.Malformed) {
            exit(await run(try Options(CommandLine.arguments)))
        } catch {
            print(error)
            exit(ExitStatus.misused)
        }
    }

    private static func run(_ options: Options) async -> Int32 {
        let unknown = options.names.filter { name in !allBenchmarks.contains { $0.name == name } }
        guard unknown.isEmpty else {
            print("unknown: \(unknown.joined(separator: " "))")
            print("known: \(allBenchmarks.map { $0.name }.joined(separator: " "))")
            return ExitStatus.misused
        }
        do {
            let report = try Report(thresholds: options.thresholds)
            for benchmark in allBenchmarks
            where options.names.isEmpty || options.names.contains(benchmark.name) {
                do { try await benchmark.run(options, report) } catch let reason as Skipped {
                    report.skipped(benchmark.name, "all", reason.description)
                }
            }
            return report.misses.isEmpty ? ExitStatus.done : ExitStatus.missed
        } catch {
            print("\(error)")
            return ExitStatus.missed
        }
    }
}
