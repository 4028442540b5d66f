import Dispatch
import Glibc

/// The pages of the program's own file that lie in memory.
package enum ProgramPages {
    /// Gives back, a moment from now, what starting up touched and nobody needs while the program waits.
    ///
    /// Most of the program's code is looked at once, when its types are registered. Pages that are never written are
    /// mapped again by the kernel, from its cache, when they are used; a call that needs one waits a microsecond for it.
    /// - SeeAlso: madvise(2), `MADV_DONTNEED`; proc_pid_maps(5)
    package static func giveBackSoon() {
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .milliseconds(300)) { giveBack() }
    }

    static func giveBack() {
        guard let program = try? Folder.linkTarget("/proc/self/exe"),
            let maps = try? SmallFile.text(at: "/proc/self/maps")
        else { return }
        for range in ranges(of: program, in: maps) {
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            _ = unsafe madvise(start, range.count, MADV_DONTNEED)
        }
    }

    /// Where code of `program` lies that nobody can write to: what the linker changed on the way would be lost.
    static func ranges(of program: String, in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count == 6, words[1] == "r-xp", words[5].drop(while: { $0 == " " }) == program else {
                return nil
            }
            let ends = words[0].split(separator: "-").map { UInt($0, radix: 16) }
            guard ends.count == 2, let start = ends[0], let end = ends[1], start < end else { return nil }
            return start..<end
        }
    }
}
