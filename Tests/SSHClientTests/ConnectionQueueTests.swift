import Testing

@testable import SSHClient

@Suite struct ConnectionQueueTests {
    @Test func `runs go on at once while there is room`() {
        var queue = ConnectionQueue(limit: 2, perDevice: 2)
        #expect(queue.request("a").isGranted)
        #expect(queue.request("b").isGranted)
        #expect(!queue.request("c").isGranted)
    }

    @Test func `who came first goes first`() {
        var queue = ConnectionQueue(limit: 1, perDevice: 1)
        let running = queue.request("a").ticket
        let second = queue.request("b").ticket
        let third = queue.request("c").ticket
        #expect(queue.release(running) == [second])
        #expect(queue.release(second) == [third])
        #expect(queue.release(third) == [])
    }

    @Test func `a full device holds up no other one`() {
        var queue = ConnectionQueue(limit: 3, perDevice: 1)
        let running = queue.request("a").ticket
        let waiting = queue.request("a").ticket
        #expect(queue.request("b").isGranted)
        #expect(queue.request("c").isGranted)
        #expect(queue.release(running) == [waiting])
    }

    @Test func `one release may let several go on`() {
        var queue = ConnectionQueue(limit: 2, perDevice: 1)
        let first = queue.request("a").ticket
        let second = queue.request("a").ticket
        let other = queue.request("b").ticket
        let third = queue.request("c").ticket
        #expect(queue.release(other) == [third])
        #expect(queue.release(first) == [second])
    }

    @Test func `who gives up waiting is passed over`() {
        var queue = ConnectionQueue(limit: 1, perDevice: 1)
        let running = queue.request("a").ticket
        let quitter = queue.request("b").ticket
        let patient = queue.request("c").ticket
        #expect(queue.withdraw(quitter) == true)
        #expect(queue.withdraw(quitter) == false)
        #expect(queue.release(running) == [patient])
        #expect(queue.withdraw(patient) == false)
    }

    @Test func `limits below one count as one`() {
        var queue = ConnectionQueue(limit: 0, perDevice: -1)
        #expect(queue.request("a").isGranted)
        #expect(!queue.request("a").isGranted)
    }
}
