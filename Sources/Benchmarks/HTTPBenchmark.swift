import Basics

/// What serving costs: a request, a connection that lies open, a session, and what one client notices of a crowd.
enum HTTPBenchmark: Benchmark {
    static let name = "http"

    static func run(_ options: Options, _ report: Report) async throws {
        try await ScratchFile.withFolder(ScratchFile.path("http")) { folder in
            let home = folder + "/home"
            try Command(arguments: [options.holdfast, "--home", home, "init"]).run()
            let script = options.scripts + "/bench-peers/http_load.py"
            let text = try Command.program("python3", [script, options.holdfast, home]).text()
            let figures = try JSONParser.parse(text).object ?? [:]
            for (figure, value) in figures.sorted(by: { $0.key < $1.key }) {
                report.figure(name, figure, value.double ?? .nan)
            }
        }
    }
}
