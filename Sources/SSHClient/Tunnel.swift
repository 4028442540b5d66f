/// A connection carried through a jump host.
final class Tunnel {
    /// Closes it.
    func close(in loop: EventLoop) {}
}
