import Basics
import HTTP
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ListeningTests {
    private func output(_ command: String) async throws -> String {
        try await BlockingCall.run { String(decoding: try Shell.output(command), as: UTF8.self) }
    }

    @Test func `a Unix socket is for its owner alone and is removed at the end`() async throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/s"
        for _ in 0..<2 {
            try await ServerFixture().serve(on: [.socket(path: path)]) { _ in
                #expect(try await output("stat -c %a:%F \(path)") == "600:socket\n")
                let text = try await output("curl -sS --unix-socket \(path) http://localhost/peer")
                #expect(text == " \(try await output("id -u | tr -d '\\n'")) false")
            }
            #expect(try await output("ls \(scratch.path)") == "")
        }
    }

    @Test func `a socket that a dead server left is no obstacle, one that lives is`() async throws {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/s"
        let bind = "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\(path)'); s.listen(1)"
        try await BlockingCall.run { try Shell.run("python3 -c \"\(bind)\"") }
        try await ServerFixture().serve(on: [.socket(path: path)]) { _ in
            await #expect(throws: HTTPServerError.self) {
                try await EventHTTPServer().serve(
                    HTTPServerSettings(endpoints: [.socket(path: path)]), handler: ServerFixture()
                ) { _ in }
            }
        }
        try scratch.write(Array("precious".utf8), to: "file")
        await #expect(throws: HTTPServerError.self) {
            try await EventHTTPServer().serve(
                HTTPServerSettings(endpoints: [.socket(path: scratch.path + "/file")]),
                handler: ServerFixture()
            ) { _ in }
        }
        #expect(try await output("cat \(scratch.path)/file") == "precious")
    }

    @Test func `a port that is taken is told`() async throws {
        try await ServerFixture().serve { port in
            do throws(HTTPServerError) {
                try await EventHTTPServer().serve(
                    HTTPServerSettings(endpoints: [.address("127.0.0.1", port: port)]),
                    handler: ServerFixture()
                ) { _ in }
                Issue.record("two servers listen on one port")
            } catch {
                #expect(error.message == "Cannot listen on 127.0.0.1:\(port): Address already in use")
                #expect(error.hint.contains("--listen"))
            }
        }
    }

    @Test func `a certificate encrypts`() async throws {
        let scratch = try ScratchFolder()
        let (chain, key) = (scratch.path + "/chain.pem", scratch.path + "/key.pem")
        _ = try await output(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
                + "-addext subjectAltName=DNS:localhost -keyout \(key) -out \(chain) 2>&1")
        let files = HTTPServerSettings.Certificate(chainPath: chain, keyPath: key)
        try await ServerFixture().serve(certificate: files, { $0.headTime = .seconds(1) }) { port in
            let curl = "curl -sS --cacert \(chain) https://localhost:\(port)"
            #expect(try await output("\(curl)/peer") == "127.0.0.1 - true")
            #expect(try await output("\(curl)/ \(curl.dropFirst(8))/ | cat") == "hellohello")
            #expect(try await output("\(curl)/big | wc -c | tr -d ' '") == "8388608\n")
            #expect(
                try await output("head -c 300000 /dev/zero | \(curl)/echo --data-binary @- | wc -c")
                    == "300000\n")
            await #expect(throws: Shell.Failure.self) { _ = try await output("\(curl)/ --tls-max 1.1 2>&1") }
            // No handshake, and a plain request on the encrypted port.
            let silent = try RawClient(port: port)
            #expect(try await silent.readToEnd().isEmpty)
            let plain = try RawClient(port: port)
            await plain.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = try await plain.readToEnd()
            #expect(!String(decoding: answer, as: UTF8.self).contains("hello"))
        }
    }

    @Test func `files that are no certificate are told`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write(Array("nothing".utf8), to: "chain")
        let files = HTTPServerSettings.Certificate(chainPath: scratch.path + "/chain", keyPath: "/nowhere")
        do throws(HTTPServerError) {
            try await EventHTTPServer().serve(
                HTTPServerSettings(endpoints: [], certificate: files), handler: ServerFixture()
            ) { _ in }
            Issue.record("served without a certificate")
        } catch { #expect(error.message.hasPrefix("The certificate \(scratch.path)/chain cannot be used: ")) }
    }
}
