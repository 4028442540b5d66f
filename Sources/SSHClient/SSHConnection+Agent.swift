import Basics
import CLibSSH
import Glibc
import RemoteExecution
import Synchronization

extension SSHConnection {
    /// The keys the agent holds, of types that can be offered; empty without an agent.
    func agentIdentities(until deadline: Deadline) async throws(ShellError) -> [AgentIdentity] {
        if let known = agentKeys { return known }
        agentKeys = []
        guard let bridge = try openBridge() else { return [] }
        bridge.request([AgentMessages.requestIdentities])
        while true {
            bridge.pump()
            if let answer = bridge.takeAnswer() {
                let usable = (AgentMessages.parseList(answer) ?? []).filter { identity in
                    identity.publicKey.map { SSHAlgorithms.isUsable($0.algorithm) } ?? false
                }
                agentKeys = usable
                return usable
            }
            if bridge.isBroken {
                login.skips("the agent", because: "it closed the connection")
                return []
            }
            try await pause(until: deadline)
        }
    }

    /// Offers a key of the agent; true when it was accepted.
    ///
    /// libssh's call blocks while the agent signs, perhaps until a person confirms, so it runs on a worker; this
    /// actor does not touch the session meanwhile and only moves the bridge's bytes.
    func offerAgentKey(_ identity: AgentIdentity, until deadline: Deadline) async throws(ShellError) -> Bool {
        guard login.mayOffer, let bridge, !bridge.isBroken, let session, let key = identity.publicKey,
            login.offers(key, named: "the agent's ‘\(identity.comment)’")
        else { return false }
        bridge.offered = identity
        return try await judge(
            advanceAsync(until: deadline) { () async throws(ShellError) in
                try await self.agentStep(session, bridge, until: deadline)
            })
    }

    /// One call of libssh on a worker.
    private func agentStep(
        _ session: SessionHandle, _ bridge: AgentBridge, until deadline: Deadline
    ) async throws(ShellError) -> CInt {
        let step = AgentStep(session)
        services.signers.submit { [loop, key] in
            step.run()
            loop.signal(key)
        }
        var failure: ShellError?
        while true {
            if let result = step.result {
                if let failure { throw failure }
                return result
            }
            bridge.pump()
            do throws(ShellError) {
                try await pause(until: failure == nil ? deadline : nil)
            } catch {
                // The session must not be freed under the worker: make its call fail, then wait for it.
                if failure == nil { failure = error }
                bridge.cut()
                if step.withdraw() { throw error }
                await step.finished()
            }
        }
    }

    /// Connects to the agent and gives libssh its end of the bridge; nil without an agent.
    private func openBridge() throws(ShellError) -> AgentBridge? {
        guard let path = endpoint.agentSocket, let session, let address = SocketAddress.local(path) else {
            return nil
        }
        do throws(SystemError) {
            let agent = try address.beginConnecting()
            let (inner, outer) = try Descriptor.pair()
            let bridge = AgentBridge(agent: agent, inner: inner)
            for descriptor in bridge.descriptors { try loop.attach(descriptor, to: key) }
            try session.useAgent(outer.duplicatedNumber())
            self.bridge = bridge
            return bridge
        } catch {
            login.skips("the agent at \(path)", because: error.reason)
            return nil
        }
    }

    /// Gives the agent's descriptors up; called when the login is over.
    func closeBridge() {
        for descriptor in bridge?.descriptors ?? [] { loop.detach(descriptor) }
        bridge = nil
    }
}

/// One blocking call of libssh that a worker makes.
///
/// `@unchecked Sendable`: the session is used by `run` alone from `submit` until `result` is there, which the
/// connection awaits before it touches the session again or frees it.
private final class AgentStep: @unchecked Sendable {
    private enum State {
        case waiting
        case running
        case withdrawn
        case done(CInt)
    }

    private let session: SessionHandle
    private let state = Mutex(State.waiting)
    private let waiter = Mutex<CheckedContinuation<Void, Never>?>(nil)

    init(_ session: SessionHandle) { self.session = session }

    /// What the call gave, once it is over.
    var result: CInt? {
        state.withLock { if case .done(let code) = $0 { code } else { nil } }
    }

    /// Makes the call, unless it was withdrawn.
    func run() {
        let mayRun = state.withLock { state in
            guard case .waiting = state else { return false }
            state = .running
            return true
        }
        guard mayRun else { return }
        let code = session.authenticateByAgent()
        let continuation = waiter.withLock { waiter in
            state.withLock { $0 = .done(code) }
            defer { waiter = nil }
            return waiter
        }
        continuation?.resume()
    }

    /// Gives the call up before it began; false when it is under way or over.
    func withdraw() -> Bool {
        state.withLock { state in
            guard case .waiting = state else { return false }
            state = .withdrawn
            return true
        }
    }

    /// Waits until the call is over, whatever happens.
    func finished() async {
        await withCheckedContinuation { continuation in
            let isOver = waiter.withLock { waiter in
                if result != nil { return true }
                waiter = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}

extension SessionHandle {
    /// Gives libssh a connected socket for its agent calls, which it owns from then on.
    func useAgent(_ number: CInt) {
        unsafe ssh_set_agent_socket(pointer, number)
    }

    /// Takes the next step of a login with the keys the agent names; blocks while the agent signs.
    func authenticateByAgent() -> CInt { unsafe ssh_userauth_agent(pointer, nil) }
}
