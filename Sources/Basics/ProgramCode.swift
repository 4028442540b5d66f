import CSystem
import Glibc

/// The code of this program, as far as it lies in memory.
package enum ProgramCode {
    /// Gives back what is mapped of it: the start needs several times as much as the work behind it.
    ///
    /// Nothing is lost: what is used again is mapped anew from the program's file, which the system keeps for all
    /// processes that run it.
    package static func giveBack() {
        // Where the system will not, more stays mapped than is needed, and nothing else.
        _ = holdfast_forget_code(max(1, sysconf(Int32(_SC_PAGESIZE))))
    }

    /// The same once the start is over; returns at once when the task is cancelled.
    package static func giveBack(after delay: Duration) async {
        do { try await Task.sleep(for: delay) } catch { return }
        giveBack()
    }
}
