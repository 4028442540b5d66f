import Testing

@testable import SSHClient

@Suite("Crowds")
struct CrowdTests {
    @Test("Runs under way make a crowd, whatever waits besides")
    func runs() throws {
        let loop = try EventLoop()
        defer { loop.stop() }
        for _ in 0..<10 { _ = loop.makeKey() }
        for _ in 0..<3 { loop.join() }
        #expect(!loop.isCrowded)
        loop.join()
        #expect(loop.isCrowded)
        loop.leave()
        #expect(!loop.isCrowded)
    }
}
