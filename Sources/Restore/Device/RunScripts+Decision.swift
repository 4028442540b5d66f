import Basics
import RemoteExecution

/// How a run ends: one decision, and whoever comes by finishes it.
///
/// The decision is the link `decided`, whose target says `keep` or `undo`: making it is one step that only one can take,
/// and that says what was decided. What follows from it may be cut off at any point and be begun again by anybody: the
/// confirmation, the watch, a Holdfast that comes back, the device when it starts. One of them works at a time.
extension RunScripts {
    /// Name of the unit that takes an undecided run back when the device starts.
    static func bootUnit(_ run: RunID) -> String { "holdfast-back-\(run).service" }

    /// Where systemd looks for units before it looks anywhere else, and no backup does.
    private static let bootFolder = "/etc/systemd/system.control"

    /// What a run that went back says of what is not as it was.
    private static let containersOpen = "not every container could be put back"
    private static let rulesOpen = "the rules that filtered before could not be loaded again"

    /// Whether a run that went back for `reason` left all as it was.
    static func isWhole(_ reason: String) -> Bool {
        ![containersOpen, rulesOpen].contains { reason.contains($0) }
    }

    /// What all programs know of decisions.
    var deciding: String {
        """
        # A container that restarts keeps the first of these, but not the second.
        hf_boot() { echo "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)/$(sed 's/.*) //' /proc/1/stat 2>/dev/null | cut -d' ' -f20)"; }
        hf_now() { cat "$D/phase" 2>/dev/null || echo staged; }
        hf_decision() { readlink "$D/decided" 2>/dev/null || :; }
        hf_decide() { ln -s -n "$1" "$D/decided" 2>/dev/null && printf '%s\\n' "$2" >"$D/decided-by" && hf_sync "$D"; }
        # A number of a process means nothing after a restart.
        hf_swapping() {
        [ -s "$D/swap-pid" ] && [ "$(cat "$D/boot-id" 2>/dev/null)" = "$(hf_boot)" ] || return 1
        read -r hf_pid <"$D/swap-pid" && kill -0 "$hf_pid" 2>/dev/null
        }
        # One finishes at a time; a lock whose holder died is free.
        hf_lock() {
        if command -v flock >/dev/null 2>&1; then exec 9>"$D/lock" && flock 9; return; fi
        n=0
        until mkdir "$D/lock.d" 2>/dev/null; do
        [ -d "$D" ] || exit 0
        if { read -r hf_b hf_p <"$D/lock.d/by"; } 2>/dev/null && [ "$hf_b" = "$(hf_boot)" ] && kill -0 "$hf_p" 2>/dev/null; then n=0
        else n=$((n+1)); if [ "$n" -gt 5 ]; then rm -rf "$D/lock.d"; fi; fi
        sleep 1
        done
        echo "$(hf_boot) $$" >"$D/lock.d/by"
        }
        hf_unlock() { rm -rf "$D/lock.d"; }
        # When services run, what needs them is done.
        hf_later() { systemd-run --no-block --quiet --collect --unit='holdfast-engine-\(run)' /bin/sh "$D/finish" late >/dev/null 2>&1; }
        hf_engine_back() {
        [ ! -s "$D/engine-back" ] || /bin/sh "$D/engine-back" >>"$D/undo-log" 2>&1 9>&- \
        || echo '\(Self.containersOpen); see: docker ps --all' >>"$D/reason"
        }
        hf_disarm() {
        U=\(Self.bootFolder)
        if hf_there "$U/\(Self.bootUnit(run))"; then
        rm -f "$U/sysinit.target.wants/\(Self.bootUnit(run))" "$U/\(Self.bootUnit(run))"
        rmdir "$U/sysinit.target.wants" "$U" 2>/dev/null && [ -e "$D/folder-time" ] && touch -r "$D/folder-time" "${U%/*}"
        fi
        # What was read anew meanwhile knows the unit, and does until it is read once more.
        if hf_systemd && [ -n "$(systemctl list-units --all --plain --no-legend '\(Self.bootUnit(run))' 2>/dev/null)" ]; then
        systemctl reset-failed '\(Self.bootUnit(run))' 2>/dev/null
        if [ "${1:-}" = boot ]; then systemctl --no-block daemon-reload; else systemctl daemon-reload; fi >/dev/null 2>&1
        fi
        return 0
        }
        # What is left of the run goes in one step; the note of how it ended outlives it.
        hf_end() {
        if [ "$1" = kept ]; then if [ -s "$D/left" ]; then sort -u "$D/left"; fi >\(ShellQuoting.word(RunFolder.tombstone(run))); fi
        hf_timer=
        if [ -s "$D/timer" ] && [ "$(cat "$D/boot-id" 2>/dev/null)" = "$(hf_boot)" ]; then read -r hf_timer <"$D/timer"; fi
        hf_disarm "${2:-}"
        mv "$D" "\(RunFolder.ended(run))" && rm -rf "\(RunFolder.ended(run))"
        rmdir "\(RunFolder.root)" 2>/dev/null
        return 0
        }

        """
    }

    /// Makes the unit that takes the run back when the device starts; status 1 where there is no systemd to do it.
    var arm: String {
        Self.start + """
            hf_boot >"$D/boot-id"
            hf_systemd || exit 1
            U=\(Self.bootFolder)
            [ -d "$U" ] || touch -r "${U%/*}" "$D/folder-time"
            mkdir -p "$U/sysinit.target.wants" || exit 1
            chmod 755 "$U" "$U/sysinit.target.wants"
            printf '%s\\n' '[Unit]' 'Description=Takes back a restore that nobody confirmed' 'DefaultDependencies=no' 'CollectMode=inactive-or-failed' \
            'RequiresMountsFor=\(RunFolder.root) /etc' 'After=systemd-remount-fs.service' \
            'Before=sysinit.target systemd-sysctl.service systemd-modules-load.service systemd-networkd.service network-pre.target \(RestoreArea.firewall.loaders.joined(separator: " "))' \
            'ConditionPathExists=\(folder)/boot' '[Service]' 'Type=oneshot' 'ExecStart=/bin/sh \(folder)/boot' \
            'TimeoutStartSec=600' >"$U/\(Self.bootUnit(run))" || exit 1
            chmod 644 "$U/\(Self.bootUnit(run))"
            ln -s -f "../\(Self.bootUnit(run))" "$U/sysinit.target.wants/\(Self.bootUnit(run))" || exit 1
            hf_sync "$U" "$D"

            """
    }

    /// Runs apart from the connection: whatever becomes of that, it ends with the new state or the old one.
    var swap: String {
        Self.start + """
            hf_back() { printf '%s\\n' "$1" >"$D/reason"; hf_decide undo failed; /bin/sh "$D/finish" swap; exit 1; }
            # Whoever makes this folder first has the run: this, or somebody who found it and clears it away.
            mkdir "$D/begun" 2>/dev/null || exit 1
            echo $$ >"$D/swap-pid"
            : >"$D/journal"
            hf_phase swapping || exit 1
            /bin/sh "$D/before" >/dev/null 2>&1
            hf_said=$(/bin/sh "$D/engine-away" 2>&1) || hf_back "${hf_said#holdfast: }"
            hf_said=$( ( . "$D/ops" ) 2>&1 ) || hf_back "${hf_said#holdfast: }"
            hf_accounts() {
            [ ! -s "$D/foundation" ] || hf_said=$(/bin/sh "$D/foundation" 2>&1) || hf_back "${hf_said#holdfast: }"
            }
            [ -s "$D/packages-away" ] || hf_accounts
            if [ -s "$D/packages" ]; then
            /bin/sh "$D/packages" >"$D/packages-log" 2>&1 || hf_back "packages could not be installed: $(tail -n 6 "$D/packages-log")"
            fi
            if [ -s "$D/parents" ]; then
            hf_said=$(/bin/sh "$D/parents" 2>&1) || hf_back "${hf_said#holdfast: }"
            fi
            hf_folders folders-new.tar || hf_back "the properties of a folder could not be set"
            hf_sync /etc "$D"
            hf_said=$(/bin/sh "$D/validate") || hf_back "$hf_said"
            hf_said=$(/bin/sh "$D/units" 2>&1) || hf_back "a unit could not be set: $hf_said"
            hf_said=$(/bin/sh "$D/activate" 2>&1) || hf_back "$hf_said"
            hf_said=$(/bin/sh "$D/engine-on" 2>&1) || hf_back "${hf_said#holdfast: }"
            # What nothing brings again goes when all else is well; accounts after the programs that use them.
            if [ -s "$D/packages-away" ]; then
            : >"$D/packages-leaving"
            hf_said=$(/bin/sh "$D/packages-away" 2>&1) || { hf_not_done "packages stay: $hf_said"; : >"$D/packages-stay"; }
            rm -f "$D/packages-leaving"
            if [ ! -e "$D/packages-stay" ]; then hf_accounts
            elif [ -s "$D/foundation" ]; then hf_not_done 'accounts stay as they are, as packages do'; fi
            fi
            read -r hf_up _ </proc/uptime
            echo "$(hf_boot) ${hf_up%%.*}" >"$D/settled-from"
            hf_phase swapped

            """
    }

    /// Carries the decision out, from wherever an earlier one was cut off.
    ///
    /// Its argument says who calls: `swap` and `watch` must not end themselves, `boot` runs before any service does.
    var finish: String {
        Self.start + """
            hf_lock
            case $(hf_decision) in
            keep)
            if [ "$(hf_now)" != kept ]; then
            . "$D/leftovers"
            hf_folders folders-new.tar
            hf_phase kept || exit 1
            fi
            if [ -s "$D/engine-keep" ]; then
            # Before services start there is no engine: another one comes later.
            if [ "$1" = boot ]; then hf_disarm boot; hf_later; hf_unlock; exit 0; fi
            /bin/sh "$D/engine-keep" >/dev/null 2>&1 9>&-
            fi
            hf_end kept "$1"
            case $1:$hf_timer in
            watch:*|boot:*) ;;
            *:*.service) systemctl stop "$hf_timer" >/dev/null 2>&1 || : ;;
            *:[0-9]*) kill "$hf_timer" 2>/dev/null || : ;;
            esac ;;
            undo)
            # A swap that was given up must not go on beside its undoing: its whole process group ends first.
            if [ "$1" != swap ] && [ "$(hf_now)" != undone ] && hf_swapping; then
            kill -9 "-$hf_pid" 2>/dev/null; kill -9 "$hf_pid" 2>/dev/null
            sleep 1
            fi
            if [ "$(hf_now)" != undone ]; then
            hf_phase undoing || exit 1
            [ "$1" != boot ] || { BOOTING=1; export BOOTING; }
            if [ ! -s "$D/engine-off" ]; then :
            elif [ "$1" = boot ]; then : >"$D/engine-open"; hf_sync "$D"; hf_later
            else /bin/sh "$D/engine-off" >>"$D/undo-log" 2>&1 9>&-; fi
            /bin/sh "$D/units-back" 9>&-
            if [ ! -e "$D/went-back" ]; then
            if [ -s "$D/parents-back" ]; then /bin/sh "$D/parents-back"; fi
            if [ -s "$D/foundation-back" ]; then /bin/sh "$D/foundation-back"; fi
            . "$D/back"
            hf_sync /etc "$D"
            : >"$D/went-back"
            hf_sync "$D"
            fi
            . "$D/leftovers"
            hf_folders folders-old.tar
            hf_sync /etc "$D"
            UNDOING=1; export UNDOING
            if [ "$1" = boot ]; then
            # What was generated for the services to come was made of the files that went.
            if command -v netplan >/dev/null 2>&1; then hf_limited 60 netplan generate >/dev/null 2>&1 </dev/null; fi
            systemctl --no-block daemon-reload >/dev/null 2>&1
            else
            /bin/sh "$D/activate" >>"$D/undo-log" 2>&1 9>&-
            hf_rules_back >>"$D/undo-log" 2>&1 9>&- </dev/null \
            || echo '\(Self.rulesOpen); see: nft list ruleset' >>"$D/reason"
            fi
            if [ -s "$D/packages-gone" ]; then
            echo "packages that went stay away:$(cat "$D/packages-gone")" >>"$D/reason"
            rm -f "$D/packages-gone"
            fi
            if [ "$1" != boot ]; then
            hf_engine_back
            [ ! -s "$D/packages-back" ] || /bin/sh "$D/packages-back" >>"$D/undo-log" 2>&1 9>&-
            elif [ -s "$D/packages-before" ]; then : >"$D/packages-open"; hf_sync "$D"; hf_later
            elif [ -e "$D/packages-leaving" ]; then hf_later
            fi
            hf_phase undone
            fi
            if [ "$1" != boot ] && [ -e "$D/engine-open" ]; then
            /bin/sh "$D/engine-off" >>"$D/undo-log" 2>&1 9>&-
            hf_engine_back
            . "$D/leftovers"
            rm -f "$D/engine-open"
            fi
            # Nothing is installed or taken away while a machine is starting.
            if [ "$1" != boot ] && [ -e "$D/packages-open" ]; then
            /bin/sh "$D/packages-back" >>"$D/undo-log" 2>&1 9>&-
            rm -f "$D/packages-open"
            fi
            # What was leaving when it was cut off is no longer whole: it leaves.
            if [ "$1" != boot ] && [ -e "$D/packages-leaving" ]; then
            hf_limited 600 dpkg --configure -a >>"$D/undo-log" 2>&1 9>&- </dev/null
            /bin/sh "$D/packages-away" >>"$D/undo-log" 2>&1 9>&-
            rm -f "$D/packages-leaving"
            fi
            hf_disarm "$1" ;;
            esac
            hf_unlock
            exit 0

            """
    }

    /// Keeps the new state, while nobody decided otherwise and services had the time to take it up.
    var confirm: String {
        Self.start + """
            if [ "$(hf_now)" = swapped ] && [ -z "$(hf_decision)" ]; then
            hf_b= hf_s=0
            if [ -s "$D/settled-from" ]; then read -r hf_b hf_s <"$D/settled-from"; fi
            read -r hf_up _ </proc/uptime
            if [ "$hf_b" = "$(hf_boot)" ] && [ $((${hf_up%%.*} - hf_s)) -lt \(settling) ]; then exit 0; fi
            hf_decide keep confirmed
            fi
            if [ "$(hf_decision)" = keep ]; then exec /bin/sh "$D/finish" confirm; fi

            """
    }

    /// Waits until the swap is done, then for the confirmation, and goes back when none came.
    var watch: String {
        Self.start + """
            n=0
            until [ -s "$D/swap-pid" ] || [ "$n" -ge 20 ]; do n=$((n+1)); sleep 1; done
            n=0
            while [ "$n" -lt 5 ]; do
            [ -d "$D" ] || exit 0
            case $(hf_now) in swapped|undone|kept) break ;; esac
            if hf_swapping; then n=0; else n=$((n+1)); fi
            sleep 1
            done
            if [ "$(hf_now)" = swapped ]; then sleep \(patience); fi
            [ -d "$D" ] || exit 0
            hf_decide undo timer
            exec /bin/sh "$D/finish" watch

            """
    }

    /// What the device does with the run when it starts: it ends as decided, or goes back.
    ///
    /// Starting any service may start the unit as well, which must mean nothing before a restart.
    var boot: String {
        Self.start + """
            [ "$(cat "$D/boot-id" 2>/dev/null)" != "$(hf_boot)" ] || exit 0
            if [ "$(hf_now)" = staged ] && mkdir "$D/begun" 2>/dev/null; then . "$D/leftovers"; hf_end nothing boot; exit 0; fi
            hf_decide undo restart
            exec /bin/sh "$D/finish" boot

            """
    }

    /// Waits until the run has an end or waits for a confirmation, and clears away what never began.
    var settle: String {
        Self.start + """
            n=0
            while [ -d "$D" ]; do
            if [ -n "$(hf_decision)" ]; then /bin/sh "$D/finish" settle; break; fi
            case $(hf_now) in
            staged) if mkdir "$D/begun" 2>/dev/null; then . "$D/leftovers"; hf_end nothing; echo 'holdfast: phase nothing'; exit 0; fi ;;
            swapped) break ;;
            esac
            if hf_swapping; then n=0; else n=$((n+1)); fi
            if [ "$n" -gt 15 ]; then hf_decide undo resumed; fi
            sleep 1
            done

            """
    }
}
