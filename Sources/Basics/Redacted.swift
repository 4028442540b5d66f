/// A value that must never be printed: every textual form of it is `‹hidden›`.
package struct Redacted<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The hidden value itself; name this property only where the value is really used.
    package let exposed: Value

    package init(_ value: Value) { exposed = value }

    package var description: String { "‹hidden›" }
    package var debugDescription: String { "‹hidden›" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Redacted: Equatable where Value: Equatable {}
