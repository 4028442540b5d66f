import RemoteExecution

/// The framed steps of the connections of a run; short, as they travel as arguments.
enum RunSteps {
    /// Longest text of one step, in bytes: an argument holds 128 KiB at most.
    private static let textLimit = 64 << 10

    /// Room for the programs of a run, in KiB.
    private static let programs = 128
    /// Status of a check that something is in the way of.
    static let obstacle: Int32 = 71

    /// Checks that each folder is one, lies where its name says, not behind a link, and has the room it needs.
    ///
    /// Several steps where the names are many; each ends with `obstacle` where something is in the way.
    static func checks(of rooms: [RestorePayload.Room]) -> [ScriptStep] {
        let head = """
            hf_at() {
            if [ ! -d "$1" ]; then printf 'holdfast: %s is no folder there\\n' "$1" >&2; hf_bad=\(obstacle); return; fi
            hf_real=$(cd -P -- "$1" && pwd -P && echo x) || { hf_bad=\(obstacle); return; }
            if [ "$hf_real" != "$1
            x" ]; then printf 'holdfast: %s lies behind a link\\n' "$1" >&2; hf_bad=\(obstacle); fi
            }
            hf_bad=0
            if [ "$HF_UID" != 0 ]; then echo 'holdfast: a restore needs root; sudo must allow a root shell without a password' >&2; exit 77; fi
            for hf_runs in \(RunFolder.root) /var/lib /var /; do [ ! -d "$hf_runs" ] || break; done
            set -- "$hf_runs"

            """
        let room = """
            if [ "$hf_bad" = 0 ] && [ $# -gt 0 ]; then
            df -P -k -- "$@" 2>/dev/null | awk -v needs="$hf_needs" '
            BEGIN { split(needs, kb, " ") }
            NR > 1 { m = $6; for (i = 7; i <= NF; i++) m = m " " $i; need[m] += kb[NR - 1]; free[m] = $4 }
            END { for (f in need) if (need[f] > free[f]) { printf "holdfast: No space left: %s has %d KiB free, and %d KiB are to come\\n", f, free[f], need[f]; bad = 1 }; exit bad }' >&2 || hf_bad=\(obstacle)
            fi
            exit $hf_bad

            """
        var steps: [ScriptStep] = []
        var text = ""
        var needs = "\(programs)"
        func close() {
            let script = head + text + "hf_needs='\(needs)'\n" + room
            steps.append(ScriptStep(timeLimit: 300, script: script, prefersRoot: true))
            (text, needs) = ("", "0")
        }
        for room in rooms {
            let (setup, word) = ShellQuoting.text(room.folder)
            var line = setup + "hf_at " + word + "\n"
            if room.kilobytes > 0 { line += "set -- \"$@\" " + word + "\n" }
            if text.utf8.count + line.utf8.count > textLimit { close() }
            text += line
            if room.kilobytes > 0 { needs += " \(room.kilobytes)" }
        }
        close()
        return steps
    }

    /// Takes the payload in, rehearses, arms the way back and swaps; ends with `otherPhase` where that did not come to its end.
    ///
    /// The payload stands behind a line that tells its length, so that standard input may go on after it.
    static func stage(run: RunID) -> ScriptStep {
        let folder = ShellQuoting.word(RunFolder.path(run))
        let script = """
            umask 077
            D=\(folder)
            R=\(RunFolder.root)
            [ "$HF_UID" = 0 ] || { echo 'holdfast: a restore needs root; sudo must allow a root shell without a password' >&2; exit 77; }
            # Worked out while nothing has come yet; all programs of the run know it.
            \(TarOptions.function)HF_TAR=$(hf_tar)
            export HF_TAR
            # Who sends nothing leaves nothing.
            read -r hf_length || exit 74
            mkdir -p "$R" && chmod 700 "$R" || exit 73
            \(sweep)
            # A run that ends takes the folder of all away.
            mkdir "$D" 2>/dev/null || { mkdir -p "$R" && chmod 700 "$R" && mkdir "$D"; } || exit 73
            # Whoever has the run clears it away: this, or somebody who asked meanwhile what became of it. A full disk has no room for the claim.
            hf_clear() {
            mkdir "$D/begun" 2>/dev/null || [ ! -d "$D/begun" ] || return 0
            if [ -s "$D/leftovers" ] && [ -s "$D/lib" ]; then ( . "$D/lib"; hf_boot >"$D/boot-id"; echo $$ >"$D/swap-pid"; . "$D/leftovers"; hf_folders folders-old.tar ); fi
            \(removal(run))
            }
            \(ShellTrap.cleared("hf_clear"))
            set -f
            head -c "$hf_length" | tar -x -p -f - -C / $HF_TAR; hf_status=$?
            set +f
            if [ "$hf_status" != 0 ] || [ ! -s "$D/complete" ]; then hf_clear; exit 74; fi
            printf 'staged\\n' >"$D/phase"
            sync -f "$D" 2>/dev/null || sync
            echo 'holdfast: phase staged'
            /bin/sh "$D/rehearse" </dev/null; hf_status=$?
            case $hf_status in 0) echo 'holdfast: rehearsed' ;; 99) echo 'holdfast: not rehearsed' ;;
            *) hf_clear; exit 75 ;; esac
            # Nothing is begun that nobody waits for any more; what is begun comes to its end.
            trap : HUP INT TERM; trap - PIPE
            kill -0 "$HF_MAIN" 2>/dev/null || { hf_clear; exit 74; }
            \(start(run))
            """
        return ScriptStep(
            tool: "tar", timeLimit: 7200, script: script, prefersRoot: true, readsInput: true)
    }

    /// Removes what ended runs left behind, and lets no two runs meet.
    private static let sweep = """
        rm -f \(RunFolder.tombstones)*
        rm -rf "$R"/.ended-*
        for hf_other in "$R"/run-*; do
        [ -d "$hf_other" ] || continue
        case $(cat "$hf_other/phase" 2>/dev/null) in
        undone) [ -z "$(find "$hf_other/phase" -mtime +0 2>/dev/null)" ] || rm -rf "$hf_other" ;;
        *) echo "holdfast: another restore is under way on this device: ${hf_other##*/run-}" >&2; exit 76 ;;
        esac
        done
        """

    /// Starts the watch, then the swap, both apart from the connection, and waits for the swap.
    private static func start(_ run: RunID) -> String {
        """
        /bin/sh "$D/arm" </dev/null >/dev/null 2>&1 && echo 'holdfast: armed for a restart'
        hf_apart() { if command -v setsid >/dev/null 2>&1; then exec setsid "$@"; else trap '' HUP; exec "$@"; fi; }
        if [ -d /run/systemd/system ] && systemd-run --quiet --collect --unit=holdfast-undo-\(run) /bin/sh "$D/watch" >/dev/null 2>&1 </dev/null; then
        echo holdfast-undo-\(run).service >"$D/timer"
        else
        ( hf_apart /bin/sh "$D/watch" ) >/dev/null 2>&1 </dev/null &
        echo $! >"$D/timer"
        fi
        ( hf_apart /bin/sh "$D/swap" ) >"$D/log" 2>&1 </dev/null &
        wait $!
        hf_phase=$(cat "$D/phase")
        if [ -s "$D/as-before" ]; then sort -u "$D/as-before" | sed 's/^/\(asBefore)/'; fi
        if [ -s "$D/not-done" ]; then sort -u "$D/not-done" | sed 's/^/\(notDone)/'; fi
        \(tellLeft("\"$D/left\""))
        printf 'holdfast: phase %s\\n' "$hf_phase"
        if [ -s "$D/reason" ]; then printf 'holdfast: because '; cat "$D/reason"; fi
        [ "$hf_phase" = swapped ] || exit \(otherPhase)

        """
    }

    /// What a line begins with that names what was wrong before the run and is so after it.
    static let asBefore = "holdfast: as before "

    /// What a line begins with that names what the run left undone.
    static let notDone = "holdfast: not done "

    /// What a line begins with that names what could not be cleared away, and why.
    static let left = "holdfast: left "

    private static func tellLeft(_ file: String) -> String {
        "if [ -s \(file) ]; then sed 's/^/\(left)/' \(file); fi"
    }

    /// Status of a step that tells of another phase than the one it is there to reach.
    static let otherPhase: Int32 = 9

    /// The line that a confirmation waits for where the conversation goes on.
    static let word = "keep"

    /// Keeps the new state if nobody has decided otherwise, and says what is; ends with `otherPhase` where it is not kept.
    ///
    /// - Parameter waits: does so only when `word` stands in the next line of standard input.
    static func confirm(run: RunID, waits: Bool = false) -> ScriptStep {
        let condition = waits ? "read -r hf_word && [ \"$hf_word\" = \(word) ] && " : ""
        // What the end needs to know is worked out while the word is on its way.
        let preparation =
            waits
            ? "if [ -s \"$D/lib\" ]; then HF_TAR=$( { . \"$D/lib\"; hf_tar; } </dev/null ); export HF_TAR; fi\n"
            : ""
        return about(
            run, timeLimit: 120, readsInput: waits,
            """
            \(preparation)if \(condition)[ -s "$D/confirm" ]; then /bin/sh "$D/confirm" </dev/null >/dev/null 2>&1; fi
            """,
            ending: "[ \"$hf_phase\" = kept ] || exit \(otherPhase)\n")
    }

    /// Brings a run to its end, or to where it waits for a confirmation, and says what became of it.
    ///
    /// What never began is cleared away; what was undone stays until `forget`, for whoever does not hear the answer.
    static func settle(run: RunID) -> ScriptStep {
        about(
            run, timeLimit: 900,
            """
            if [ -d "$D" ] && [ ! -s "$D/phase" ] && mkdir "$D/begun" 2>/dev/null; then
            if [ -s "$D/leftovers" ] && [ -s "$D/lib" ]; then ( . "$D/lib"; . "$D/leftovers" ); fi
            \(removal(run)); echo 'holdfast: phase nothing'; exit 0
            fi
            # What was cut off while it was cleared away has lost the programs that would bring it to an end.
            if [ -d "$D" ] && [ ! -s "$D/settle" ]; then \(removal(run)); echo 'holdfast: phase nothing'; exit 0; fi
            if [ -s "$D/settle" ]; then
            hf_said=$(/bin/sh "$D/settle" </dev/null 2>/dev/null)
            case $hf_said in *'phase nothing'*) echo 'holdfast: phase nothing'; exit 0 ;; esac
            fi
            # Whoever ended it may have been cut off in its last step.
            if [ ! -d "$D" ]; then rm -rf "\(RunFolder.ended(run))"; rmdir \(RunFolder.root) 2>/dev/null || :; fi
            """)
    }

    /// Removes the run's folder: it goes from its place whole, so that nobody takes half of it for a run.
    private static func removal(_ run: RunID) -> String {
        let ended = ShellQuoting.word(RunFolder.ended(run))
        return
            "mv \"$D\" \(ended) 2>/dev/null; rm -rf \"$D\" \(ended); rmdir \(RunFolder.root) 2>/dev/null || :"
    }

    /// Removes what is left of a run that was undone.
    static func forget(run: RunID) -> ScriptStep {
        about(
            run, timeLimit: 120,
            """
            if [ "$(cat "$D/phase" 2>/dev/null)" = undone ]; then ( . "$D/lib"; hf_disarm ); \(removal(run)); fi
            """)
    }

    /// A step that does `body` as root with the run's folder as `$D`, and then says in which phase the run is.
    private static func about(
        _ run: RunID, timeLimit: Int, readsInput: Bool = false, _ body: String, ending: String = ""
    ) -> ScriptStep {
        ScriptStep(
            timeLimit: timeLimit,
            script: """
                if [ "$HF_UID" != 0 ]; then echo 'holdfast: needs root' >&2; exit 77; fi
                D=\(ShellQuoting.word(RunFolder.path(run)))
                \(body)
                \(telling(run))\(ending)
                """, prefersRoot: true, readsInput: readsInput, outlivesConnection: true)
    }

    /// Says in which phase the run in `$D` is.
    private static func telling(_ run: RunID) -> String {
        let tombstone = ShellQuoting.word(RunFolder.tombstone(run))
        return """
            if [ -d "$D" ]; then
            hf_phase=$(cat "$D/phase" 2>/dev/null || echo staged)
            if [ "$hf_phase" = undone ]; then
            \(tellLeft("\"$D/left\""))
            if [ -s "$D/reason" ]; then printf 'holdfast: because '; cat "$D/reason"
            else case $(cat "$D/decided-by" 2>/dev/null) in
            timer) echo 'holdfast: because nobody confirmed it in time' ;;
            restart) echo 'holdfast: because the machine restarted before it was confirmed' ;;
            *) echo 'holdfast: because it was given up before it was confirmed' ;;
            esac; fi
            fi
            elif [ -e \(tombstone) ]; then
            hf_phase=kept
            \(tellLeft(tombstone))
            else hf_phase=gone; fi
            printf 'holdfast: phase %s\\n' "$hf_phase"

            """
    }
}
