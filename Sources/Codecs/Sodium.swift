import CSodium

/// Starts libsodium once per process.
enum Sodium {
    /// Whether the library could be started; false only when the kernel gives no random bytes.
    static let isReady = sodium_init() >= 0

    /// Starts the library on first use.
    ///
    /// A process without a source of random numbers cannot do anything safely, so it stops.
    static func start() { precondition(isReady, "libsodium could not be started") }
}

/// Random bytes of the operating system.
package enum SecureRandom {
    /// `count` random bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        Sodium.start()
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            if let base = buffer.baseAddress { unsafe randombytes_buf(base, count) }
            used = count
        }
    }
}
