import Basics
import CLibSSH
import RemoteExecution

/// One libssh session in nonblocking mode; must be used by one thread at a time.
///
/// It owns the descriptor given to `adopt` from then on.
@safe final class SessionHandle {
    /// The library's session.
    let pointer: ssh_session
    private let event: ssh_event
    private var isInEvent = false
    /// A descriptor that libssh was told of and did not take over yet.
    private var adopted: CInt = -1

    /// - Throws: `protocolFailure` when there is no memory.
    init() throws(ShellError) {
        guard let session = unsafe ssh_new() else { throw ShellError(.protocolFailure, "libssh: no memory") }
        guard let event = unsafe ssh_event_new() else {
            unsafe ssh_free(session)
            throw ShellError(.protocolFailure, "libssh: no memory")
        }
        unsafe self.pointer = session
        unsafe self.event = event
        unsafe ssh_set_blocking(session, 0)
    }

    deinit {
        // No ssh_disconnect: it closes the socket or leaves it open, and one cannot learn which.
        if isInEvent { unsafe ssh_event_remove_session(event, pointer) }
        unsafe ssh_event_free(event)
        unsafe ssh_free(pointer)
        if adopted >= 0 { Descriptor.closeNumber(adopted) }
    }

    /// The library's words for the last failure.
    var errorText: String {
        unsafe ssh_get_error(UnsafeMutableRawPointer(pointer)).map { unsafe String(cString: $0) } ?? ""
    }

    /// Whether bytes wait in the library for the socket to take them.
    var hasUnsentBytes: Bool { unsafe ssh_get_status(pointer) & CInt(SSH_WRITE_PENDING) != 0 }

    /// Whether the other side calls itself OpenSSH.
    var isOpenSSH: Bool { unsafe ssh_get_openssh_version(pointer) > 0 }

    /// What the other side calls itself, for example `SSH-2.0-OpenSSH_9.2p1`; empty before it did.
    var serverVersion: String {
        unsafe ssh_get_serverbanner(pointer).map { unsafe String(cString: $0) } ?? ""
    }

    /// Sets an option to a text.
    func set(_ option: ssh_options_e, _ value: String) throws(ShellError) {
        let result = unsafe value.withCString { unsafe ssh_options_set(pointer, option, $0) }
        guard result == 0 else { throw ShellError(.configuration, "libssh refused ‘\(value)’: \(errorText)") }
    }

    /// Sets an option to a number.
    func set(_ option: ssh_options_e, _ value: CInt) throws(ShellError) {
        var value = value
        guard unsafe ssh_options_set(pointer, option, &value) == 0 else {
            throw ShellError(.configuration, "libssh refused an option: \(errorText)")
        }
    }

    /// Hands a connected socket over.
    func adopt(_ number: CInt) throws(ShellError) {
        adopted = number
        try set(SSH_OPTIONS_FD, number)
    }

    /// Takes the next step of version and key exchange: `SSH_OK`, `SSH_AGAIN` or `SSH_ERROR`.
    func connect() -> CInt {
        adopted = -1
        return unsafe ssh_connect(pointer)
    }

    /// Reads and writes what can be read and written now, one step: `SSH_AGAIN` when there was nothing to do.
    func pump() -> CInt {
        if !isInEvent {
            guard unsafe ssh_event_add_session(event, pointer) == SSH_OK else { return SSH_ERROR }
            isInEvent = true
        }
        return unsafe ssh_event_dopoll(event, 0)
    }

    /// Whether the connection can no longer be used.
    var isBroken: Bool {
        unsafe ssh_is_connected(pointer) == 0
            || ssh_get_status(pointer) & CInt(SSH_CLOSED_ERROR | SSH_CLOSED) != 0
    }

    /// The key the other side has just proved to own.
    func serverKey() throws(ShellError) -> HostKey {
        var key: ssh_key?
        guard unsafe ssh_get_server_publickey(pointer, &key) == SSH_OK, let key = unsafe key else {
            throw ShellError(.protocolFailure, "The server sent no host key")
        }
        defer { unsafe ssh_key_free(key) }
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text = unsafe text else {
            throw ShellError(.protocolFailure, "The server sent a host key that cannot be read")
        }
        defer { unsafe ssh_string_free_char(text) }
        guard let hostKey = HostKey(base64: unsafe String(cString: text)) else {
            throw ShellError(.protocolFailure, "The server sent a host key that cannot be read")
        }
        return hostKey
    }

    /// Names of the login methods the server said it accepts.
    var acceptedMethods: [String] {
        let mask = unsafe ssh_userauth_list(pointer, nil)
        let names = [
            (SSH_AUTH_METHOD_PUBLICKEY, "publickey"), (SSH_AUTH_METHOD_PASSWORD, "password"),
            (SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"), (SSH_AUTH_METHOD_HOSTBASED, "hostbased"),
            (SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"),
        ]
        return names.filter { mask & CInt($0.0) != 0 }.map(\.1)
    }
}
