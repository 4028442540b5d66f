/// Shell text that tells how long the outputs of a block of steps are, so that what somebody else writes between shows.
///
/// What an account's login script left in the background has the run's standard output too, and may write to it at any time. The
/// steps of a block therefore write into a pipe of their own. What comes out there is copied to standard output, and counted
/// by one `awk` for the whole block, which knows the boundary from the first frame that passes. After the block comes one more
/// frame, `L 3:120 4:0 …`, each step's number and length in bytes.
///
/// A block ends with its last frame and not with the pipe, which a step may have left to a process of its own. Without `tee`,
/// `awk` or `/dev/fd` the steps run as others do and no length is told.
enum OutputLengths {
    /// Prints what the frame `L` holds, up to the frame `K`, which ends a block.
    ///
    /// `mawk` reads lines as they come only when it is told to be interactive, which others ignore, and loses what follows a zero
    /// byte on its line then.
    private static let program = """
        { if (NR == 2) b = substr($0, 1, 32)
        if (b != "" && substr($0, 1, 32) == b) {
        k = substr($0, 34, 1)
        if (k == "E" && i != "") { o = o " " i ":" n - 1 - s; i = "" }
        if (k == "S") { i = substr($0, 36); s = n + length($0) + 1 }
        if (k == "K") { print o; exit }
        }
        n += length($0) + 1 }
        """

    /// `hf_counted` runs `hf_block`, which must be functions of steps alone: what they set is lost.
    ///
    /// An `awk` that fails, at a line longer than its memory, is followed by one that takes the rest and says nothing.
    static let functions = """
        hf_counting=\(ShellQuoting.word(program))
        hf_counted() {
        if ! command -v tee >/dev/null 2>&1 || ! command -v awk >/dev/null 2>&1 || ! [ -e /dev/fd/0 ]; then hf_block; return; fi
        exec 5>&1
        hf_lengths=$({ { hf_block; hf_mark K; } 5>&- 6>&- | tee /dev/fd/6 >&5 2>/dev/null; } 6>&1 | {
        exec 5>&-
        ( ulimit -v 524288; exec awk -W interactive "$hf_counting" ) || cat >/dev/null; } 2>/dev/null &)
        exec 5>&-
        hf_due= hf_status=0
        [ -z "$hf_lengths" ] || hf_later "L$hf_lengths"
        }

        """

    /// The numbers and lengths that a frame tells; nothing where it is none.
    static func parse(_ text: ArraySlice<UInt8>) -> [Int: Int] {
        var lengths: [Int: Int] = [:]
        for word in text.split(separator: UInt8(ascii: " ")) {
            let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { FrameDecoder.number($0) }
            guard parts.count == 2, let step = parts[0], let length = parts[1] else { return [:] }
            lengths[step] = length
        }
        return lengths
    }
}
