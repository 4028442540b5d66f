import Glibc

/// The environment variables of this process, which nothing in the program changes.
package enum ProcessEnvironment {
    /// The value of a variable; nil when it is not set.
    package static func value(of name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        return unsafe String(cString: text)
    }
}
