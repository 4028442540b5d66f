/// Decides which runs may have a connection now: so many at once over all, so many on one device, else in order.
///
/// It decides only; a caller acts on what it says.
struct ConnectionQueue {
    /// A place in the queue.
    struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
        fileprivate let device: String
    }

    private let limit: Int
    private let perDevice: Int
    private var running: [String: Int] = [:]
    private var total = 0
    private var waiting: [Ticket] = []
    private var next = 0

    /// Both limits are at least one.
    init(limit: Int, perDevice: Int) {
        self.limit = max(1, limit)
        self.perDevice = max(1, perDevice)
    }

    /// A new ticket for `device`, and whether it may go on at once.
    mutating func request(_ device: String) -> (ticket: Ticket, isGranted: Bool) {
        next += 1
        let ticket = Ticket(number: next, device: device)
        // Whoever waits for a full device does not hold up the others.
        let isFree = hasRoom(for: device) && !waiting.contains { hasRoom(for: $0.device) }
        if isFree { start(device) } else { waiting.append(ticket) }
        return (ticket, isFree)
    }

    /// Gives the place of a granted ticket back; those that may go on now, in order.
    mutating func release(_ ticket: Ticket) -> [Ticket] {
        total -= 1
        running[ticket.device, default: 1] -= 1
        if running[ticket.device] == 0 { running[ticket.device] = nil }
        var granted: [Ticket] = []
        var remaining: [Ticket] = []
        for waiter in waiting {
            if hasRoom(for: waiter.device) {
                start(waiter.device)
                granted.append(waiter)
            } else {
                remaining.append(waiter)
            }
        }
        waiting = remaining
        return granted
    }

    /// Gives up waiting; false when the ticket was granted meanwhile and has to be released.
    mutating func withdraw(_ ticket: Ticket) -> Bool {
        guard let index = waiting.firstIndex(of: ticket) else { return false }
        waiting.remove(at: index)
        return true
    }

    private func hasRoom(for device: String) -> Bool {
        total < limit && running[device, default: 0] < perDevice
    }

    private mutating func start(_ device: String) {
        total += 1
        running[device, default: 0] += 1
    }
}
