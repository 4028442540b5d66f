/// Shell text that ends what a script runs on a device once nobody listens to it any more.
///
/// A server passes no signal on when a connection closes, and a silent command runs to its own limit. The parent of the script is the
/// server's process for the connection; when that goes, the kernel gives the script another one. A process that looks at this
/// once a second then asks everything in the script's session to end, and ends half a minute later what has not. Steps that
/// are to outlive the connection have a session of their own. Without `setsid`, or where the script does not lead its
/// session, nothing is watched.
enum RunWatch {
    /// The program of the one who watches the process `$1` and its parent `$2`.
    ///
    /// `timeout` ends with what it runs; asked itself, it would leave that two seconds to clear away.
    private static let program = """
        trap "" HUP INT TERM PIPE
        s() { read -r l <"/proc/$1/stat" || return; set -- ${l##*") "}; z=$1 p=$2 g=$4; }
        m=$1 q=$2
        s "$m" && [ "$g" = "$m" ] || exit
        while [ "$p" = "$q" ]; do sleep 1; s "$m" || exit; done
        e() {
        o=
        for f in /proc/[0-9]*; do i=${f#/proc/}
        [ "$i" != $$ ] && [ "$i" != "$PPID" ] && s "$i" && [ "$g" = "$m" ] && [ "$z" != Z ] || continue
        o=1
        case $1$l in 0*|TERM*"(timeout) "*) ;; *) kill -"$1" "$i" ;; esac
        done
        }
        kill -TERM "$m"
        e TERM; e TERM; n=30
        while e 0; [ -n "$o" ] && [ "$n" -gt 0 ]; do sleep 1; n=$((n-1)); done
        kill -KILL "$m"; e KILL
        """

    /// `hf_watch` begins to watch, as whom its words say; `hf_setsid` is the word that gives a step a session of its own.
    static let functions = """
        hf_setsid= hf_watcher= hf_apart=
        ! command -v setsid >/dev/null 2>&1 || hf_setsid=setsid
        hf_watching=\(ShellQuoting.word(program))
        hf_watch() {
        [ -n "$hf_setsid" ] || return 0
        hf_unwatch
        "$@" /bin/sh -c "$hf_watching" hf $$ "$PPID" </dev/null >/dev/null 2>&1 &
        hf_watcher=$!
        }
        # Waited for, or some shells tell how it ended; one that belongs to root ends by itself.
        hf_unwatch() { [ -z "$hf_watcher" ] || { kill -9 "$hf_watcher" && wait "$hf_watcher"; } 2>/dev/null || :; }

        """
}
