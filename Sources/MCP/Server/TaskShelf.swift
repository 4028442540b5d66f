public import Basics

/// Tasks that live in this process: begun, asked for, given answers, ended.
///
/// Ids are hard to guess and are all that is needed to see a task, so that nothing secret may be in one that others can
/// name. The oldest finished tasks are forgotten beyond a number.
public actor TaskShelf {
    /// The way of a task's work to its client.
    public struct Handle: Sendable {
        fileprivate let shelf: TaskShelf
        fileprivate let id: String

        /// Asks the client; nil when the task was cancelled meanwhile.
        public func ask(_ requests: [String: InputRequest]) async -> [String: JSONValue]? {
            await shelf.ask(requests, for: id)
        }
    }

    private struct Entry {
        var view: TaskView
        var work: Task<Void, Never>?
        var asked: [String: InputRequest] = [:]
        var answers: [String: JSONValue] = [:]
        var waiting: CheckedContinuation<[String: JSONValue]?, Never>?
    }

    private static let limit = 256

    private var entries: [String: Entry] = [:]
    private var order: [String] = []
    private let hub: ChangeHub
    private let pollInterval: Int

    /// A shelf that tells of changes through `hub`.
    /// - Parameter pollInterval: how long clients shall wait between questions, in milliseconds.
    public init(hub: ChangeHub, pollInterval: Int = 1000) {
        self.hub = hub
        self.pollInterval = pollInterval
    }

    private static var time: String { SystemClock().now().string(fractionDigits: 3) }

    /// Begins a task.
    public func begin(_ body: @escaping @Sendable (Handle) async -> TaskView.State) -> TaskView {
        let id = Hex.string((0..<16).map { _ in UInt8.random(in: .min ... .max) })
        let view = TaskView(
            id: id, state: .working, created: Self.time, updated: Self.time, lifetime: 3_600_000,
            pollInterval: pollInterval)
        entries[id] = Entry(view: view)
        order.append(id)
        forget()
        let handle = Handle(shelf: self, id: id)
        // Not structured: the task outlives the request that began it; `cancel` ends it.
        entries[id]?.work = Task { self.finish(id, with: await body(handle)) }
        return view
    }

    /// The task of that id.
    public func task(_ id: String) -> TaskView? { entries[id]?.view }

    /// Gives a task answers; those to what was not asked are left out.
    public func update(_ id: String, answers: [String: JSONValue]) -> TaskView? {
        guard var entry = entries[id] else { return nil }
        for (name, answer) in answers where entry.asked.removeValue(forKey: name) != nil {
            entry.answers[name] = answer
        }
        entries[id] = entry
        guard entry.waiting != nil else { return entry.view }
        if entry.asked.isEmpty {
            entries[id]?.waiting = nil
            set(id, .working)
            entry.waiting?.resume(returning: entry.answers)
        } else {
            set(id, .inputRequired(entry.asked))
        }
        return entries[id]?.view
    }

    /// Ends a task; one that ended by itself stays as it is.
    public func cancel(_ id: String) -> TaskView? {
        guard let entry = entries[id] else { return nil }
        switch entry.view.state {
        case .working, .inputRequired:
            set(id, .cancelled)
            entry.work?.cancel()
            entries[id]?.waiting = nil
            entry.waiting?.resume(returning: nil)
        case .completed, .failed, .cancelled: break
        }
        return entries[id]?.view
    }

    private func ask(_ requests: [String: InputRequest], for id: String) async -> [String: JSONValue]? {
        guard let entry = entries[id], entry.view.state == .working else { return nil }
        entries[id]?.asked = requests
        entries[id]?.answers = [:]
        set(id, .inputRequired(requests))
        return await withCheckedContinuation { entries[id]?.waiting = $0 }
    }

    private func finish(_ id: String, with state: TaskView.State) {
        guard entries[id]?.view.state != .cancelled else { return }
        set(id, state)
        entries[id]?.work = nil
    }

    private func set(_ id: String, _ state: TaskView.State) {
        guard let old = entries[id]?.view else { return }
        entries[id]?.view = TaskView(
            id: id, state: state, created: old.created, updated: Self.time, lifetime: old.lifetime,
            pollInterval: old.pollInterval)
        hub.publish(.task(id))
    }

    private func forget() {
        while order.count > Self.limit, let index = order.firstIndex(where: { entries[$0]?.work == nil }) {
            entries[order.remove(at: index)] = nil
        }
    }
}
