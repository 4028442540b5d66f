package import Operations

/// What help says about `holdfast serve`.
package enum ServeWords {
    /// One phrase.
    package static let summary = "Serve programs and assistants over HTTP until it is ended"

    /// Paragraphs.
    package static let discussion = """
        Listens on this machine alone unless told otherwise. An address that other machines can reach is refused \
        without a token that callers can show and without encryption: a certificate, or a reverse proxy in front. \
        SIGTERM and Ctrl-C let requests under way end first.
        """

    /// Calls to show.
    package static let examples = [
        Contract.Example("holdfast serve", "serve this machine on port 7420"),
        Contract.Example("holdfast serve --socket ~/.holdfast.sock", "serve programs of this account alone"),
        Contract.Example(
            "holdfast serve --listen 0.0.0.0:7420 --tls-cert chain.pem --tls-key key.pem",
            "serve other machines too"),
    ]
}
