/// Composes the one script that a run sends to a device.
///
/// The script runs under `dash`, BusyBox `ash`, `bash` and `ksh`. Each step has a time limit and a status of its own; one
/// that fails, hangs or misses its tool does not touch the others. Frames stand on both output streams:
///
///     \n<boundary> H <facts>\n      hello, once: the script runs
///     \n<boundary> S <index>\n      step begins
///     \n<boundary> E <status>\n     step ended: exit status, `absent` or `same`   (standard output only)
///     \n<boundary> L <n>:<bytes> …\n lengths of the outputs before it, by index of the step   (standard output only)
///     \n<boundary> Z\n              all steps are done
///
/// The end of a step travels with the beginning of the next one, which is one small packet less for each.
///
/// A step whose outcome the reader has already, as a digest of `OutputDigest`, runs into a hash first. Where that is the
/// same the step ends with `same` and nothing is sent; where it differs the step runs again, and what it then prints is
/// what counts.
package enum FramedScript {
    /// Folders where programs are looked for on a device.
    static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"

    /// What each step's shell knows: `hf_root COMMAND …` runs a command as root or leaves with status 77; `HF_MAIN` is the
    /// script's own process, which ends with the connection.
    ///
    /// It stands once in the script, as the variable `hf_known`, and is put in front of each step on the device.
    static let prelude = """
        hf_root() {
        if [ "$HF_UID" = 0 ]; then "$@"
        elif command -v sudo >/dev/null 2>&1; then sudo -n -- "$@"
        else echo "holdfast: needs root: $1" >&2; return 77; fi
        }

        """

    /// A step under the number that its frames carry.
    package struct Numbered: Sendable {
        let number: Int
        let step: ScriptStep
        /// Whether another status than 0 ends the script.
        let isDecisive: Bool

        package init(_ number: Int, _ step: ScriptStep, isDecisive: Bool = false) {
            self.number = number
            self.step = step
            self.isDecisive = isDecisive
        }
    }

    /// A script that lacks nothing but its boundary.
    package struct Template: Sendable {
        private let beginning: [UInt8]
        private let rest: [UInt8]

        /// Step numbers in frames are indices of `steps`.
        ///
        /// - Parameter setup: see `init(_:setup:)`.
        package init(steps: [ScriptStep], setup: String = "") {
            self.init(steps.enumerated().map { Numbered($0, $1) }, setup: setup)
        }

        /// - Parameters:
        ///   - numbered: the steps in their order; no two have the same number.
        ///   - setup: shell text that runs once before the first step and may add lines to `hf_known`, the text
        ///     that each step's shell runs first. `hf_limited SECONDS COMMAND …` bounds what it runs.
        package init(_ numbered: [Numbered], setup: String = "") {
            beginning = Array(FramedScript.beginning.utf8)
            var rest = FramedScript.head + setup
            var functions = numbered.filter(\.step.standsEarly).map(Self.function)[...]
            var isInBlock = false
            for part in numbered {
                if part.step.isCounted != isInBlock {
                    if !isInBlock { rest += functions.joined() }
                    if !isInBlock { functions = [] }
                    rest += isInBlock ? Self.blockEnd : "hf_block() {\n"
                    isInBlock = part.step.isCounted
                }
                guard part.step.standsEarly else {
                    rest += Self.call(part)
                    continue
                }
                rest += functions.popFirst() ?? ""
                rest += "hf_run_\(part.number)\n"
            }
            rest += "\(isInBlock ? Self.blockEnd : "")hf_over\n}\nhf_main\n"
            self.rest = Array(rest.utf8)
        }

        private static func function(_ part: Numbered) -> String {
            "hf_run_\(part.number)() {\n\(call(part))}\n"
        }

        /// The lines that run one step.
        private static func call(_ part: Numbered) -> String {
            let step = part.step
            let call = step.prefersRoot ? "hf_step_root" : "hf_step"
            let tool = ShellQuoting.word(step.tool ?? "")
            var text = step.condition.map { "if \($0); then\n" } ?? ""
            if step.outlivesConnection { text += "hf_apart=$hf_setsid\n" }
            text += "\(call) \(part.number) \(tool) \(step.timeLimit) \(ShellQuoting.word(step.script))"
            text += step.readsInput ? "\n" : " </dev/null\n"
            if step.outlivesConnection { text += "hf_apart=\n" }
            if let name = step.statusName { text += "\(name)=$hf_status\n" }
            if step.condition != nil { text += "fi\n" }
            if part.isDecisive { text += "[ \"$hf_status\" = 0 ] || hf_over\n" }
            return text
        }

        private static let blockEnd = "}\nhf_counted\n"

        /// The script's bytes.
        /// - Parameters:
        ///   - known: digests of outcomes that need not be sent again, by number of the step.
        ///   - listing: digest of the listing that need not be sent again; steps find it in `hf_seen`.
        package func bytes(
            boundary: FrameBoundary, known: [Int: OutputDigest] = [:], listing: OutputDigest? = nil
        ) -> [UInt8] {
            var words = boundary.text
            for (step, digest) in known.sorted(by: { $0.key < $1.key }) {
                words += "\nhf_known_\(step)=\(digest.beginning)"
            }
            if let listing { words += "\nhf_seen=\(listing.beginning)" }
            return beginning + words.utf8 + rest
        }
    }

    /// The script's bytes for `steps`.
    package static func bytes(steps: [ScriptStep], boundary: FrameBoundary, setup: String = "") -> [UInt8] {
        Template(steps: steps, setup: setup).bytes(boundary: boundary)
    }

    /// Everything lies inside `hf_main`, so that the shell has read the whole script before it runs the first step and
    /// standard input is free for what steps read from it.
    private static let beginning = """
        hf_main() {
        set -u
        umask 077
        unset CDPATH ENV BASH_ENV IFS TMOUT
        LC_ALL=C LANG=C PATH=\(searchPath)
        export LC_ALL LANG PATH
        cd / || :
        hf_seen=
        B=
        """

    /// What follows the boundary, up to the hello.
    private static let head = """

        hf_due=
        hf_later() {
        hf_due="$hf_due
        $B $*
        "
        }
        hf_mark() { hf_later "$@"; printf %s "$hf_due"; hf_due=; }
        hf_mark_errors() { printf '\\n%s %s\\n' "$B" "$*" >&2; }
        T='timeout -k 2'
        hf_id=$($T 10 id 2>/dev/null) || {
        hf_id=$(id 2>/dev/null)
        if timeout -k 1 1 true >/dev/null 2>&1; then :
        elif timeout 1 true >/dev/null 2>&1; then T=timeout
        elif timeout -t 1 true >/dev/null 2>&1; then T='timeout -t'
        else T=; fi
        }
        HF_UID=65534 HF_USER=unknown
        case $hf_id in uid=[0-9]*)
        hf_id=${hf_id#uid=} HF_UID=${hf_id%%[!0-9]*}
        case ${hf_id%% *} in *'('*) HF_USER=${hf_id#*'('} HF_USER=${HF_USER%%') gid='*} ;; esac
        esac
        export HF_UID HF_USER
        hf_known="HF_MAIN=$$"\(ShellQuoting.word("\n" + prelude))

        """
        + functions + RunWatch.functions + OutputLengths.functions
        + "hf_watch\nhf_mark H 1 \"$HF_UID\" \"$HF_USER\"; hf_mark_errors H 1 \"$HF_UID\" \"$HF_USER\"\n"

    /// Running one step under its limit, as the login user or as root.
    private static let functions = """
        hf_limited() {
        if [ -n "$T" ]; then $T "$@"; return; fi
        hf_limit=$1; shift
        exec 3<&0; "$@" <&3 3<&- & hf_child=$!; exec 3<&-
        ( exec >/dev/null 2>&1 </dev/null
        while [ "$hf_limit" -gt 0 ] && kill -0 "$hf_child"; do sleep 1; hf_limit=$((hf_limit-1)); done
        kill "$hf_child" && sleep 2 && kill -9 "$hf_child" ) & hf_watch=$!
        wait "$hf_child"; hf_status=$?
        kill "$hf_watch" 2>/dev/null; wait "$hf_watch" 2>/dev/null
        [ "$hf_status" != 143 ] || hf_status=124
        return "$hf_status"
        }
        hf_over() { hf_mark Z; hf_mark_errors Z; hf_unwatch; exit 0; }
        hf_sum() { { "$@" 2>&1; printf '\nhf_status=%s\n' "$?"; } | sha256sum 2>/dev/null; }
        hf_step() {
        hf_status=0
        if [ -n "$2" ] && ! command -v "$2" >/dev/null 2>&1; then hf_later S "$1"; hf_later E absent; return; fi
        hf_mark S "$1"; hf_mark_errors S "$1"
        eval "hf_past=\\${hf_known_$1:-}"
        if [ -n "$hf_past" ] && command -v sha256sum >/dev/null 2>&1; then
        hf_now=$(hf_sum hf_limited "$3" /bin/sh -c "$hf_known$4")
        case $hf_now in "$hf_past"*) hf_later E same; return ;; esac
        fi
        hf_limited "$3" $hf_apart /bin/sh -c "$hf_known$4"; hf_status=$?; hf_later E "$hf_status"
        }
        HF_ROOT=
        hf_step_root() {
        if [ -z "$HF_ROOT" ]; then
        if [ "$HF_UID" = 0 ]; then HF_ROOT=self
        elif sudo -n -- /bin/sh -c 'exit 0' </dev/null >/dev/null 2>&1; then HF_ROOT=sudo; hf_watch sudo -n --
        else HF_ROOT=none; fi
        fi
        if [ "$HF_ROOT" != sudo ]; then hf_step "$@"; return; fi
        hf_status=0
        if [ -n "$2" ] && ! command -v "$2" >/dev/null 2>&1; then hf_later S "$1"; hf_later E absent; return; fi
        hf_mark S "$1"; hf_mark_errors S "$1"
        hf_limited "$3" $hf_apart sudo -n -- /bin/sh -c "HF_UID=0 HF_USER=root LC_ALL=C LANG=C PATH=$PATH
        export HF_UID HF_USER LC_ALL LANG PATH
        $hf_known$4"
        hf_status=$?
        hf_later E "$hf_status"
        }

        """
}
