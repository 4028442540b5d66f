import Dispatch

/// Runs what blocks away from the threads that the program under test needs.
package enum BlockingCall {
    /// The result of `body`, which runs on a thread of its own.
    package static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "holdfast.blocking-call").async {
                continuation.resume(with: Swift.Result { try body() })
            }
        }
    }
}
