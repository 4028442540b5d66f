import Basics
import Glibc
package import RemoteExecution
import Synchronization

/// A TCP listener that behaves as no SSH server should; stopped with the last reference.
package final class SSHServerImpostor: Sendable {
    /// What it does with every connection.
    package enum Behaviour: Sendable {
        /// Accepts it and says nothing.
        case silent
        /// Sends these bytes once, then stays silent.
        case says(String)
        /// Sends this text again and again, as fast as it is taken.
        case floods(String)
        /// Sends this text, then closes the connection.
        case hangsUp(after: String)
    }

    /// The port it listens on.
    package let port: Int
    private let listener: CInt
    private let accepted = Mutex<[CInt]>([])

    /// Begins to listen.
    package init(_ behaviour: Behaviour) throws {
        listener = try SSHServerSocket.listen(on: "127.0.0.1", port: 0)
        port = try SSHServerSocket.port(of: listener)
        let listener = listener
        try BackgroundThread.start { [weak self] in
            while true {
                let number = accept(listener, nil, nil)
                guard number >= 0, let self else { return }
                self.accepted.withLock { $0.append(number) }
                try? BackgroundThread.start { Self.behave(behaviour, on: number) }
            }
        }
    }

    deinit {
        // Nothing is closed: the threads still use the numbers, and another socket could get one of them meanwhile.
        shutdown(listener, CInt(SHUT_RDWR))
        for number in accepted.withLock({ $0 }) { shutdown(number, CInt(SHUT_RDWR)) }
    }

    /// It as a target to log in to.
    package var target: SSHTarget { SSHTarget(host: "127.0.0.1", port: port, user: "root") }

    private static func behave(_ behaviour: Behaviour, on number: CInt) {
        switch behaviour {
        case .silent: break
        case .says(let text): _ = say(text, on: number)
        case .floods(let text): while say(text, on: number) {}
        case .hangsUp(let text):
            _ = say(text, on: number)
            shutdown(number, CInt(SHUT_RDWR))
        }
    }

    private static func say(_ text: String, on number: CInt) -> Bool {
        var bytes = Array(text.utf8)
        return unsafe send(number, &bytes, bytes.count, CInt(MSG_NOSIGNAL)) >= 0
    }
}
