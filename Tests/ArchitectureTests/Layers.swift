/// Which module may import which: the direction of all dependencies, written down once.
enum Layers {
    /// Parts of the language and its system; they may be imported by all.
    static let system: Set = ["Dispatch", "Glibc", "Synchronization", "Testing"]

    /// The modules of each module, the C libraries it wraps included.
    static let allowed: [String: Set<String>] = [
        "Basics": ["CSystem"],
        "Codecs": ["Basics", "CSodium", "CZstd"],
        "RemoteExecution": ["Basics", "Codecs"],
        "Storage": ["Basics", "Codecs", "RemoteExecution"],
        "Collectors": ["Basics", "Codecs", "RemoteExecution"],
        "Vault": ["Basics", "Codecs"],
        "Operations": ["Basics", "Codecs", "Collectors", "RemoteExecution", "Storage", "Vault"],
        "CLI": ["Basics", "Operations"],
        // Implementations of protocols above: named by the program and by tests only.
        "LocalExecution": ["Basics", "CSystem", "RemoteExecution"],
        "SSHClient": ["Basics", "CLibSSH", "CSystem", "RemoteExecution"],
        "SQLiteStore": ["Basics", "CSQLite", "RemoteExecution", "Storage"],
    ]

    /// Programs and what only tests see; they may import any module that is no program.
    static let tops: Set = ["Benchmarks", "TestSupport", "holdfast"]

    /// Modules that know what they run on, and may say `unsafe` over small expressions.
    static let wrappers: Set = [
        "Basics", "Benchmarks", "Codecs", "LocalExecution", "SQLiteStore", "SSHClient", "TestSupport",
    ]
}
