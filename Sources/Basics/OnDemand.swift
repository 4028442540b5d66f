import Synchronization

/// A value that is made when it is first asked for.
package final class OnDemand<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)
    private let make: @Sendable () -> Value

    /// - Parameter make: is called once, and must not ask for this value itself.
    package init(_ make: @escaping @Sendable () -> Value) { self.make = make }

    /// The value; callers that come while it is made wait for it.
    package var value: Value {
        made.withLock { made in
            if let made { return made }
            let value = make()
            made = value
            return value
        }
    }
}
