/// Composes the one script that a run sends to a device.
///
/// The script runs under `dash`, BusyBox `ash`, `bash` and `ksh`. Each step has a time limit and a status of its own; one
/// that fails, hangs or misses its tool does not touch the others. Frames stand on both output streams:
///
///     \n<boundary> H <facts>\n      hello, once: the script runs
///     \n<boundary> S <index>\n      step begins
///     \n<boundary> E <status>\n     step ended: exit status, or `absent`   (standard output only)
///     \n<boundary> Z\n              all steps are done
package enum FramedScript {
    /// Folders where programs are looked for on a device.
    static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"

    /// What each step's shell knows: `hf_root COMMAND …` runs a command as root or leaves with status 77.
    ///
    /// It stands once in the script, as the variable `hf_known`, and is put in front of each step on the device.
    static let prelude = """
        hf_root() {
        if [ "$HF_UID" = 0 ]; then "$@"
        elif command -v sudo >/dev/null 2>&1; then sudo -n -- "$@"
        else echo "holdfast: needs root: $1" >&2; return 77; fi
        }

        """

    /// The script's bytes for `steps`; step numbers in frames are their indices.
    ///
    /// - Parameter setup: shell text that runs once before the first step and may add lines to `hf_known`, the text
    ///   that each step's shell runs first. `hf_limited SECONDS COMMAND …` bounds what it runs.
    package static func bytes(steps: [ScriptStep], boundary: FrameBoundary, setup: String = "") -> [UInt8] {
        var text = head(boundary) + setup
        for (index, step) in steps.enumerated() {
            let input = step.readsInput ? "" : " </dev/null"
            let call = step.prefersRoot ? "hf_step_root" : "hf_step"
            let script = ShellQuoting.word(step.script)
            text +=
                "\(call) \(index) \(ShellQuoting.word(step.tool ?? "")) \(step.timeLimit) \(script)\(input)\n"
        }
        text += "hf_mark Z\nhf_mark Z >&2\nexit 0\n}\nhf_main\n"
        return Array(text.utf8)
    }

    /// Everything lies inside `hf_main`, so that the shell has read the whole script before it runs the first step and
    /// standard input is free for what steps read from it.
    private static func head(_ boundary: FrameBoundary) -> String {
        """
        hf_main() {
        set -u
        umask 077
        unset CDPATH ENV BASH_ENV IFS TMOUT
        LC_ALL=C LANG=C PATH=\(searchPath)
        export LC_ALL LANG PATH
        cd / || :
        B=\(boundary.text)
        hf_mark() { printf '\\n%s %s\\n' "$B" "$*"; }
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
        hf_known=\(ShellQuoting.word(prelude))

        """
            + functions + "hf_mark H 1 \"$HF_UID\" \"$HF_USER\"; hf_mark H 1 \"$HF_UID\" \"$HF_USER\" >&2\n"
    }

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
        hf_step() {
        hf_mark S "$1"; hf_mark S "$1" >&2
        if [ -n "$2" ] && ! command -v "$2" >/dev/null 2>&1; then hf_mark E absent; return; fi
        hf_limited "$3" /bin/sh -c "$hf_known$4"; hf_mark E $?
        }
        HF_ROOT=
        hf_step_root() {
        if [ -z "$HF_ROOT" ]; then
        if [ "$HF_UID" = 0 ]; then HF_ROOT=self
        elif sudo -n -- /bin/sh -c 'exit 0' </dev/null >/dev/null 2>&1; then HF_ROOT=sudo
        else HF_ROOT=none; fi
        fi
        if [ "$HF_ROOT" != sudo ]; then hf_step "$@"; return; fi
        hf_mark S "$1"; hf_mark S "$1" >&2
        if [ -n "$2" ] && ! command -v "$2" >/dev/null 2>&1; then hf_mark E absent; return; fi
        hf_limited "$3" sudo -n -- /bin/sh -c "HF_UID=0 HF_USER=root LC_ALL=C LANG=C PATH=$PATH
        export HF_UID HF_USER LC_ALL LANG PATH
        $hf_known$4"
        hf_mark E $?
        }

        """
}
