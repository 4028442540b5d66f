import Basics
import Glibc
import RemoteExecution

/// Stands between libssh and the user's agent.
///
/// libssh talks to an agent by blocking calls and offers all its keys in the agent's order. So it gets one end of a
/// local stream instead: asked for the keys, the bridge names only the one whose turn it is, and passes signatures
/// through. It never blocks: `pump` is called whenever one of its descriptors was signalled.
final class AgentBridge {
    private let agent: Descriptor
    private let inner: Descriptor
    private var fromAgent: [UInt8] = []
    private var fromInner: [UInt8] = []
    private var toAgent: ArraySlice<UInt8> = []
    private var toInner: ArraySlice<UInt8> = []
    private var hasFailed = false
    /// The key that libssh may see.
    var offered: AgentIdentity?
    /// Answers to requests of our own.
    private(set) var answers: [[UInt8]] = []
    private var ownRequests = 0

    /// A bridge to the agent; `inner` is our end of the stream that libssh has the other end of.
    init(agent: Descriptor, inner: Descriptor) {
        self.agent = agent
        self.inner = inner
    }

    /// Whether the agent has gone or talks nonsense.
    var isBroken: Bool { hasFailed }

    /// Both descriptors, to attach to a key of the event loop.
    var descriptors: [Descriptor] { [agent, inner] }

    /// Makes libssh's calls fail at once; from then on the bridge is broken.
    func cut() {
        hasFailed = true
        inner.shutDown()
    }

    /// Asks the agent for something; the answer turns up in `answers`.
    func request(_ body: [UInt8]) {
        ownRequests += 1
        toAgent += AgentMessages.frame(body)
    }

    /// Takes an answer to `request`.
    func takeAnswer() -> [UInt8]? { answers.isEmpty ? nil : answers.removeFirst() }

    /// Moves what can be moved now.
    func pump() {
        guard !hasFailed else { return }
        fill(&fromInner, from: inner)
        while let body = AgentMessages.takeFrame(from: &fromInner) {
            switch body.first {
            case AgentMessages.requestIdentities:
                toInner += AgentMessages.frame(AgentMessages.list(offered.map { [$0] } ?? []))
            case AgentMessages.signRequest: toAgent += AgentMessages.frame(body)
            default: toInner += AgentMessages.frame([AgentMessages.failure])
            }
        }
        drain(&toAgent, to: agent)
        fill(&fromAgent, from: agent)
        while let body = AgentMessages.takeFrame(from: &fromAgent) {
            if ownRequests > 0 {
                ownRequests -= 1
                answers.append(body)
            } else {
                toInner += AgentMessages.frame(body)
            }
        }
        drain(&toInner, to: inner)
        if hasFailed { cut() }
    }

    private func fill(_ buffer: inout [UInt8], from descriptor: Descriptor) {
        while !AgentMessages.isTooLong(buffer) {
            switch descriptor.read(upTo: 16_384) {
            case .bytes(let bytes): buffer += bytes
            case .wouldBlock: return
            case .ended, .failed:
                hasFailed = true
                return
            }
        }
        hasFailed = true
    }

    private func drain(_ buffer: inout ArraySlice<UInt8>, to descriptor: Descriptor) {
        while !buffer.isEmpty {
            switch descriptor.write(buffer) {
            case .wrote(let count): buffer = buffer.dropFirst(count)
            case .wouldBlock: return
            case .failed:
                hasFailed = true
                return
            }
        }
    }
}
