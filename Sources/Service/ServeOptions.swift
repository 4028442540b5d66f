package import Operations

/// What `holdfast serve` is told on the command line.
package struct ServeOptions: OperationInput {
    /// What callers on this machine may do without a token.
    package enum OpenLevel: String, FieldValue, CaseIterable {
        case none
        case read
        case propose
        case write

        /// Nil for nothing at all.
        var level: AccessLevel? {
            switch self {
            case .none: nil
            case .read: .read
            case .propose: .propose
            case .write: .write
            }
        }
    }

    @Field(
        "Address and port to listen on; 127.0.0.1:7420 unless something else is given.",
        placeholder: "ADDRESS:PORT")
    package var listen: [String] = []
    @Field("Listen on a socket in the file system, for programs of this account alone.", placeholder: "PATH")
    package var socket: String?
    @Field("The server's certificate and its chain, in PEM.", placeholder: "FILE")
    package var tlsCert: String?
    @Field("The private key of the certificate, in PEM.", placeholder: "FILE")
    package var tlsKey: String?
    @Field(
        "Address of a reverse proxy that brings encryption and passes the client's address on.",
        placeholder: "ADDRESS")
    package var trustedProxy: [String] = []
    @Field("A name this server is reached by, besides its own addresses.", placeholder: "NAME[:PORT]")
    package var host: [String] = []
    @Field("A web page's origin that may use this server.", placeholder: "URL")
    package var origin: [String] = []
    @Field("What programs on this machine may do without a token.", placeholder: "LEVEL")
    package var withoutToken = OpenLevel.read
    @Field(
        "The groups of tools that assistants are given whose token names none, joined by commas: core, backups, restore, devices, upkeep, host_configs, compat.",
        placeholder: "NAMES")
    package var toolsets = Toolset.usual
    @Field("The authorization server whose tokens are taken.", placeholder: "URL")
    package var oauthIssuer: String?
    @Field("Where its public keys are: a file, or an address that is fetched.", placeholder: "FILE|URL")
    package var oauthKeys: String?
    @Field("The address clients know this server by; tokens must be made for it.", placeholder: "URL")
    package var publicUrl: String?
    @Field("How many requests a second each caller may make; 0 for any number.", placeholder: "N")
    package var requestsPerSecond = 100

    package init() {}
}
