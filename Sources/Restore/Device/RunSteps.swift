import RemoteExecution

/// The framed steps of the connections of a run; short, as they travel as arguments.
enum RunSteps {
    /// Longest text of one step, in bytes: an argument holds 128 KiB at most.
    private static let textLimit = 64 << 10

    /// Checks that each of `parents` is a folder and lies where its name says, not behind a link.
    static func checks(of parents: [[UInt8]]) -> [ScriptStep] {
        let head = """
            hf_at() {
            if [ ! -d "$1" ]; then printf 'holdfast: %s is no folder there\\n' "$1" >&2; hf_bad=1; return; fi
            hf_real=$(cd -P -- "$1" && pwd -P && echo x) || { hf_bad=1; return; }
            if [ "$hf_real" != "$1
            x" ]; then printf 'holdfast: %s lies behind a link\\n' "$1" >&2; hf_bad=1; fi
            }
            hf_bad=0

            """
        var steps: [ScriptStep] = []
        var text: [UInt8] = []
        func close() {
            guard !text.isEmpty else { return }
            let script = head + String(decoding: text, as: UTF8.self) + "exit $hf_bad\n"
            steps.append(ScriptStep(timeLimit: 300, script: script, prefersRoot: true))
            text = []
        }
        for parent in parents {
            let line = Array("hf_at ".utf8) + ShellQuoting.word(parent) + [0x0A]
            if text.count + line.count > textLimit { close() }
            text += line
        }
        close()
        return steps
    }

    /// Takes the payload in, rehearses, arms the way back and swaps.
    static func stage(run: RunID) -> ScriptStep {
        let folder = ShellQuoting.word(RunFolder.path(run))
        let script = """
            umask 077
            D=\(folder)
            [ "$HF_UID" = 0 ] || { echo 'holdfast: a restore needs root; sudo must allow a root shell without a password' >&2; exit 77; }
            mkdir -p \(RunFolder.root) && chmod 700 \(RunFolder.root) && mkdir "$D" || exit 73
            rm -f \(RunFolder.tombstones)*
            hf_clear() { if [ -s "$D/leftovers" ] && [ -s "$D/lib" ]; then ( . "$D/lib"; . "$D/leftovers" ); fi; rm -rf "$D"; }
            set -- -x -p -f - -C /
            case $(tar --version 2>/dev/null </dev/null) in *GNU*)
            set -- "$@" --warning=no-timestamp
            if tar -c -f /dev/null --xattrs --acls -T /dev/null 2>/dev/null; then set -- "$@" --xattrs '--xattrs-include=*' --acls; fi ;;
            esac
            tar "$@"; hf_status=$?
            if [ "$hf_status" != 0 ] || [ ! -s "$D/complete" ]; then hf_clear; exit 74; fi
            printf 'staged\\n' >"$D/phase"
            sync -f "$D" 2>/dev/null || sync
            echo 'holdfast: phase staged'
            /bin/sh "$D/rehearse" </dev/null; hf_status=$?
            case $hf_status in 0) echo 'holdfast: rehearsed' ;; 99) echo 'holdfast: not rehearsed' ;;
            *) hf_clear; exit 75 ;; esac
            hf_apart() { if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; else trap '' HUP; exec "$@"; fi; }
            if [ -d /run/systemd/system ] && systemd-run --quiet --collect --unit=holdfast-undo-\(run) /bin/sh "$D/watch" >/dev/null 2>&1 </dev/null; then
            echo holdfast-undo-\(run).service >"$D/timer"
            else
            ( hf_apart /bin/sh "$D/watch" ) >/dev/null 2>&1 </dev/null &
            echo $! >"$D/timer"
            fi
            ( hf_apart /bin/sh "$D/swap" ) >"$D/log" 2>&1 </dev/null &
            echo $! >"$D/swap-pid"
            wait $!
            printf 'holdfast: phase %s\\n' "$(cat "$D/phase")"
            if [ -s "$D/reason" ]; then printf 'holdfast: because '; cat "$D/reason"; fi
            exit 0

            """
        return ScriptStep(
            tool: "tar", timeLimit: 7200, script: script, prefersRoot: true, readsInput: true)
    }

    /// Keeps the new state if nobody has decided otherwise, and says what is.
    static func confirm(run: RunID) -> ScriptStep {
        let folder = ShellQuoting.word(RunFolder.path(run))
        return ScriptStep(
            timeLimit: 120,
            script: """
                if [ "$HF_UID" != 0 ]; then echo 'holdfast: needs root' >&2; exit 77; fi
                if [ -d \(folder) ]; then exec /bin/sh \(folder)/confirm; fi
                if [ -e \(ShellQuoting.word(RunFolder.tombstone(run))) ]; then echo 'holdfast: phase kept'; exit 0; fi
                echo 'holdfast: phase gone'

                """, prefersRoot: true)
    }

    /// Says what became of a run; what was undone, or never begun, is cleared away.
    static func settle(run: RunID) -> ScriptStep {
        let folder = ShellQuoting.word(RunFolder.path(run))
        return ScriptStep(
            timeLimit: 900,
            script: """
                D=\(folder)
                if [ "$HF_UID" != 0 ]; then echo 'holdfast: needs root' >&2; exit 77; fi
                if [ -e \(ShellQuoting.word(RunFolder.tombstone(run))) ]; then echo 'holdfast: phase kept'; exit 0; fi
                if [ ! -d "$D" ]; then echo 'holdfast: phase gone'; exit 0; fi
                n=0
                while :; do
                hf_phase=$(cat "$D/phase" 2>/dev/null || :)
                case $hf_phase in
                ''|staged)
                if mkdir "$D/begun" 2>/dev/null; then
                if [ -s "$D/leftovers" ] && [ -s "$D/lib" ]; then ( . "$D/lib"; . "$D/leftovers" ); fi
                rm -rf "$D"; hf_phase=nothing; break
                fi ;;
                swapping|undoing) ;;
                kept) /bin/sh "$D/confirm" >/dev/null; break ;;
                undone)
                if [ -s "$D/reason" ]; then printf 'holdfast: because '; cat "$D/reason"
                else printf 'holdfast: because nobody confirmed: %s\\n' "$(cat "$D/undone-by" 2>/dev/null)"; fi
                rm -rf "$D"; break ;;
                *) break ;;
                esac
                hf_pid=
                [ -s "$D/swap-pid" ] && read -r hf_pid <"$D/swap-pid"
                if [ -z "$hf_pid" ] || ! kill -0 "$hf_pid" 2>/dev/null; then
                n=$((n+1))
                if [ "$n" -gt 15 ]; then [ -z "$hf_pid" ] || kill -9 "-$hf_pid" 2>/dev/null; mkdir "$D/decided" 2>/dev/null; echo undoing >"$D/phase"; /bin/sh "$D/undo" resumed; fi
                fi
                sleep 1
                done
                printf 'holdfast: phase %s\\n' "$hf_phase"

                """, prefersRoot: true)
    }
}
