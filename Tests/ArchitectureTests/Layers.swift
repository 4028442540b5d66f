/// Which module may import which: the direction of all dependencies, written down once.
enum Layers {
    /// Parts of the language and its system; they may be imported by all.
    static let system: Set = ["Dispatch", "Glibc", "Synchronization", "Testing"]

    /// The modules of each module, the C libraries it wraps included.
    static let allowed: [String: Set<String>] = [
        "Basics": ["CSodium", "CSystem"],
        "Codecs": ["Basics", "CSodium", "CZstd"],
        "MCP": ["Basics"],
        "RemoteExecution": ["Basics", "Codecs"],
        "HTTP": ["Basics"],
        "JOSE": ["Basics", "CLoaded", "COpenSSL"],
        "StreamableHTTP": ["Basics", "HTTP", "MCP"],
        "Storage": ["Basics", "Codecs", "RemoteExecution"],
        "Collectors": ["Basics", "Codecs", "RemoteExecution"],
        "ConfigText": ["Basics", "YAML"],
        "HostConfig": ["ConfigText"],
        "Vault": ["Basics", "Codecs"],
        "YAML": ["Basics", "CLoaded", "CYAML"],
        "Restore": ["Basics", "Codecs", "RemoteExecution", "Vault"],
        "Operations": [
            "Basics", "Codecs", "Collectors", "ConfigText", "HostConfig", "RemoteExecution", "Restore",
            "Storage",
            "Vault",
        ],
        "CLI": ["Basics", "Operations"],
        "Service": ["Basics", "HTTP", "JOSE", "MCP", "Operations", "StreamableHTTP"],
        // Implementations of protocols above: named by the program and by tests only.
        "HTTPTransport": ["Basics", "CCurl", "CEvent", "CLoaded", "COpenSSL", "CSystem", "HTTP"],
        "LocalExecution": ["Basics", "CSystem", "RemoteExecution"],
        "SSHClient": ["Basics", "CLibSSH", "CLoaded", "CSystem", "RemoteExecution"],
        "SQLiteStore": ["Basics", "CLoaded", "CSQLite", "RemoteExecution", "Storage"],
        // What the program and the benchmarks build of them for operations to work with.
        "Program": [
            "Basics", "Codecs", "LocalExecution", "Operations", "RemoteExecution", "SQLiteStore", "SSHClient",
            "Storage", "Vault",
        ],
    ]

    /// The program, which builds the parts together.
    static let program = "holdfast"

    /// Whether a module is there for tests and measurements only; it may import all others.
    static func isForTests(_ module: String) -> Bool {
        ["Benchmarks", "TestSupport", "VaultCrasher"].contains(module) || module.hasPrefix("Fuzz")
    }

    /// Modules that know what they run on, and may say `unsafe` over small expressions.
    static let wrappers: Set = [
        "Basics", "Codecs", "HTTPTransport", "JOSE", "LocalExecution", "SQLiteStore", "SSHClient",
        "YAML",
    ]
}
