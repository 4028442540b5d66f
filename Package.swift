// swift-tools-version: 6.2
import PackageDescription

/// Settings every target is built with: Swift 6 mode, no silent widening, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// How a shipped program is linked (scripts/build-release sets the folder with the archive of the C++ library): the
/// system looks up thousands of names at each start for a C++ library beside it, and for names nobody asks it for.
let shipped: [LinkerSetting] =
    Context.environment["SHIPPED_LIBRARIES"].map {
        [.unsafeFlags(["-L", $0, "-Xclang-linker", "-static-libgcc", "-Xlinker", "--no-export-dynamic"])]
    } ?? []

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: shipped)
}

func tests(of name: String, _ dependencies: [Target.Dependency], resources: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.byName(name: name)] + dependencies,
        exclude: resources,
        swiftSettings: strict
    )
}

let package = Package(
    name: "holdfast",
    products: [
        .executable(name: "holdfast", targets: ["holdfast"])
    ],
    targets: [
        // System libraries: module.modulemap and shim.h, nothing else.
        // Loaded when it is first needed, hence not linked.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // The functions of these are those of CLoaded.
        .systemLibrary(name: "CEvent", providers: [.apt(["libevent-dev"])]),
        .systemLibrary(name: "CLibSSH", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .target(name: "CLoaded"),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSystem"),

        module("Basics", ["CSodium", "CSystem"]),
        tests(of: "Basics", ["TestSupport"]),

        program(
            "Benchmarks",
            [
                "Basics", "Codecs", "Collectors", "CSystem", "Operations", "Program", "RemoteExecution",
                "Vault",
            ]),

        module("CLI", ["Basics", "Operations"]),
        tests(
            of: "CLI",
            ["Basics", "Codecs", "Operations", "RemoteExecution", "Storage", "TestSupport", "Vault"],
            resources: ["Golden"]),

        module("Codecs", ["Basics", "CSodium", "CZstd"]),
        tests(of: "Codecs", ["Basics", "TestSupport"]),

        module("Collectors", ["Basics", "Codecs", "RemoteExecution"]),
        tests(
            of: "Collectors", ["Basics", "Codecs", "LocalExecution", "RemoteExecution", "TestSupport"],
            resources: ["Fixtures"]),

        module("ConfigText", ["Basics", "YAML"]),
        tests(of: "ConfigText", ["Basics"]),

        module("HostConfig", ["ConfigText"]),
        tests(of: "HostConfig", ["Basics", "ConfigText"]),

        module("HTTP", ["Basics"]),
        tests(of: "HTTP", ["Basics"]),

        module("HTTPTransport", ["Basics", "CCurl", "CEvent", "CLoaded", "COpenSSL", "CSystem", "HTTP"]),
        tests(of: "HTTPTransport", ["Basics", "HTTP", "TestSupport"]),

        module("JOSE", ["Basics", "CLoaded", "COpenSSL"]),
        tests(of: "JOSE", ["Basics", "TestSupport"], resources: ["Oracle"]),

        module("LocalExecution", ["Basics", "CSystem", "RemoteExecution"]),
        tests(of: "LocalExecution", ["Basics", "RemoteExecution", "TestSupport"]),

        module("MCP", ["Basics"]),
        tests(of: "MCP", ["Basics", "TestSupport"]),

        module(
            "Operations",
            [
                "Basics", "Codecs", "Collectors", "ConfigText", "HostConfig", "RemoteExecution", "Restore",
                "Storage", "Vault",
            ]),
        tests(
            of: "Operations",
            [
                "Basics", "Codecs", "Collectors", "ConfigText", "HostConfig", "LocalExecution",
                "RemoteExecution", "Restore", "SQLiteStore", "Storage", "TestSupport", "Vault",
            ]),

        module("RemoteExecution", ["Basics"]),
        tests(of: "RemoteExecution", ["Basics", "TestSupport"]),

        module("Restore", ["Basics", "Codecs", "RemoteExecution", "Vault"]),
        tests(
            of: "Restore", ["Basics", "Codecs", "LocalExecution", "RemoteExecution", "TestSupport", "Vault"],
            resources: ["Fixtures"]),

        module("Service", ["Basics", "HTTP", "JOSE", "MCP", "Operations", "StreamableHTTP"]),
        tests(
            of: "Service",
            [
                "Basics", "HTTP", "JOSE", "MCP", "Operations", "RemoteExecution", "StreamableHTTP",
                "TestSupport",
            ],
            resources: ["Golden"]),

        module("SQLiteStore", ["Basics", "CLoaded", "CSQLite", "RemoteExecution", "Storage"]),
        tests(
            of: "SQLiteStore", ["Basics", "Codecs", "RemoteExecution", "Storage", "TestSupport"],
            resources: ["Fixtures"]),

        module("SSHClient", ["Basics", "CLibSSH", "CLoaded", "CSystem", "RemoteExecution"]),
        tests(of: "SSHClient", ["Basics", "RemoteExecution", "TestSupport"]),

        module("Storage", ["Basics", "Codecs", "RemoteExecution"]),
        tests(of: "Storage", ["Basics", "Codecs", "RemoteExecution", "TestSupport"]),

        module("StreamableHTTP", ["Basics", "HTTP", "MCP"]),
        tests(of: "StreamableHTTP", ["Basics", "HTTP", "MCP"]),

        module("Vault", ["Basics", "Codecs"]),
        // Kills itself at a chosen call; used by the tests of the vault only.
        program("VaultCrasher", ["TestSupport", "Vault"]),
        tests(
            of: "Vault", ["Basics", "Codecs", "TestSupport", "VaultCrasher"],
            resources: ["Fixtures", "Reader"]),

        module("YAML", ["Basics", "CLoaded", "CYAML"]),
        tests(of: "YAML", ["Basics"]),

        module("TestSupport", ["Basics", "Codecs", "CSystem", "RemoteExecution", "Storage", "Vault"]),

        module(
            "Program",
            [
                "Basics", "Codecs", "LocalExecution", "Operations", "RemoteExecution", "SQLiteStore",
                "SSHClient", "Storage", "Vault",
            ]
        ),
        tests(of: "Program", ["Basics", "Operations", "Storage", "TestSupport"]),
        program(
            "holdfast",
            [
                "Basics", "CLI", "Codecs", "HTTP", "HTTPTransport", "JOSE", "LocalExecution", "MCP",
                "Operations",
                "Program", "SQLiteStore", "SSHClient", "Service", "YAML",
            ]
        ),
        .testTarget(
            name: "ArchitectureTests", dependencies: ["Basics", "Operations", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["Basics", "RemoteExecution", "TestSupport"],
            exclude: ["Clients"],
            swiftSettings: strict),
    ]
)

// Fuzz targets have no main of their own: libFuzzer brings it, hence they are built only when asked for:
// scripts/fuzz does so.
if Context.environment["FUZZ"] == "1" {
    let libraryMode: [SwiftSetting] = [.unsafeFlags(["-parse-as-library"])]
    let decoders: [(name: String, dependencies: [Target.Dependency])] = [
        ("FuzzHeaders", ["Basics", "HTTP", "MCP", "StreamableHTTP"]), ("FuzzHTTP", ["HTTP"]),
        ("FuzzJSON", ["Basics"]), ("FuzzJWT", ["JOSE"]), ("FuzzMCP", ["Basics", "MCP"]),
        ("FuzzRedactor", ["Basics"]),
    ]
    for decoder in decoders {
        package.targets.append(
            .executableTarget(
                name: decoder.name, dependencies: decoder.dependencies, exclude: ["Corpus"],
                swiftSettings: strict + libraryMode))
    }
}
