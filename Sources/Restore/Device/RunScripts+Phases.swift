import Basics
import RemoteExecution

extension RunScripts {
    static let start = ". \"${0%/*}/lib\"\n"

    // MARK: Checks

    /// Each area's validators; a failure prints what the validator said and ends with 65.
    var validate: String {
        var text = Self.start + Self.verifying
        for area in touchedAreas {
            let changed = area.validators.contains(where: \.wantsFiles) ? changedFiles(of: area) : ""
            for validator in area.validators {
                text += """
                    if command -v \(validator.tool) >/dev/null 2>&1; then
                    if hf_said=$(hf_limited 60 /bin/sh -c \(ShellQuoting.word(validator.script)) sh\(validator.wantsFiles ? changed : "") 2>&1 </dev/null); then printf 'holdfast: valid %s\\n' '\(area.name)'
                    else printf 'holdfast: refused %s\\n%s\\n' '\(area.name)' "$hf_said"; exit 65; fi
                    fi

                    """
            }
        }
        for unit in changedUnits { text += verification(of: unit) }
        return text + "exit 0\n"
    }

    /// Words for the files of an area that come or change, each with where its former state lies or nothing.
    private func changedFiles(of area: RestoreArea) -> String {
        let paths = operations.operations.filter { operation in
            !operation.staged.isEmpty && area.covers(operation.target)
        }
        // What is no text is the name of no file that a tool would read.
        return paths.prefix(Self.checkedFiles).compactMap { operation in
            guard let target = String(validating: operation.target, as: UTF8.self),
                let kept = String(validating: operation.kept, as: UTF8.self)
            else { return nil }
            return " \(ShellQuoting.word(target)) \(ShellQuoting.word(kept))"
        }.joined()
    }

    /// Files that are checked one by one, at most.
    private static let checkedFiles = 500

    private var touchedAreas: [RestoreArea] {
        let touched = Set(steps.flatMap(\.areas))
        return RestoreArea.all.filter { touched.contains($0.name) }
    }

    /// Unit files that come or change; a masked one is a link to nothing, and is neither checked nor started.
    var changedUnits: [String] {
        steps.filter { $0.restartedUnit != nil }.map(\.name)
    }

    /// Whether there is anything to check.
    var hasValidators: Bool { touchedAreas.contains { !$0.validators.isEmpty } || !changedUnits.isEmpty }

    /// Carries the renames out in a mount namespace of its own and runs the validators there: nothing real is touched.
    ///
    /// Status 0: all are content; 65: one refused; 99: this machine cannot rehearse.
    var rehearse: String {
        guard hasValidators else { return "exit 0\n" }
        return Self.start + """
            command -v unshare >/dev/null 2>&1 && unshare -m true 2>/dev/null || { /bin/sh "$D/complaints"; exit 99; }
            hf_kb=$(du -s -k -x /etc 2>/dev/null | awk '{ print $1; exit }')
            [ "${hf_kb:-0}" -lt 262144 ] || { /bin/sh "$D/complaints"; exit 99; }
            hf_said=$(unshare -m /bin/sh "$D/rehearsal"); hf_status=$?
            case $hf_status in
            65|99) /bin/sh "$D/complaints" ;;
            esac
            # What was faulty before may stay so.
            if [ "$hf_status" = 65 ] && [ -s "$D/complaints-before" ]; then
            hf_said=$(unshare -m /bin/sh "$D/rehearsal"); hf_status=$?
            fi
            printf '%s\\n' "$hf_said"
            exit $hf_status

            """
    }

    var rehearsal: String {
        Self.start + """
            mount --make-rprivate / || exit 99
            mkdir -p "$D/etc" && mount -t tmpfs -o mode=755 none "$D/etc" || exit 99
            cp -a /etc/. "$D/etc/" || exit 99
            mount --bind "$D/etc" /etc || exit 99
            J=/dev/null
            ( . "$D/ops-rehearsal" ) || exit 66
            hf_folders folders-rehearsal.tar >/dev/null 2>&1 || :
            REHEARSING=1; export REHEARSING
            exec /bin/sh "$D/validate"

            """
    }

    // MARK: What makes changes work

    var activate: String {
        var text = Self.start + "hf_run() { hf_limited 90 /bin/sh -c \"$1\" </dev/null; }\n"
        text += "if hf_systemd; then\n:\n"
        for area in touchedAreas {
            if !area.activation.isEmpty {
                text +=
                    "hf_run \(ShellQuoting.word(area.activation)) || { echo \"\(area.name) could not be made to work\"; [ -n \"${UNDOING:-}\" ] || exit 1; }\n"
            }
        }
        for unit in changedUnits {
            let name = ShellQuoting.word(String(unit.split(separator: "/").last ?? ""))
            text +=
                "[ ! -s \(ShellQuoting.word(unit)) ] || systemctl try-restart -- \(name) || hf_as_before \(name) || { echo \(name)' does not start'; [ -n \"${UNDOING:-}\" ] || exit 1; }\n"
        }
        for area in touchedAreas where !area.units.isEmpty {
            let units = area.units.map { ShellQuoting.word($0) }.joined(separator: " ")
            text += """
                for u in \(units); do
                if systemctl is-active --quiet -- "$u"; then
                systemctl reload-or-restart -- "$u" || { systemctl status --no-pager --lines=5 -- "$u"; [ -n "${UNDOING:-}" ] || exit 1; }
                n=0
                until systemctl is-active --quiet -- "$u"; do
                n=$((n+1)); [ "$n" -lt 30 ] || { echo "$u is no longer active"; [ -n "${UNDOING:-}" ] || exit 1; break; }
                sleep 0.5 2>/dev/null || sleep 1
                done
                break
                fi
                done

                """
        }
        text += "else\n:\n"
        for area in touchedAreas where !area.plainActivation.isEmpty {
            text +=
                "hf_run \(ShellQuoting.word(area.plainActivation)) || { echo \"\(area.name) could not be made to work\"; [ -n \"${UNDOING:-}\" ] || exit 1; }\n"
        }
        return text + "fi\nexit 0\n"
    }

    private func unitLine(_ unit: String, _ state: String, starts: Bool) -> String {
        let name = ShellQuoting.word(unit)
        return switch state {
        case "enabled": "hf_enable \(name)\(starts ? " --now" : "")"
        case "masked": "systemctl mask --quiet -- \(name)"
        case "disabled": "hf_disable \(name)"
        default:
            "{ systemctl disable --quiet --now -- \(name) || systemctl stop -- \(name); "
                + "systemctl reset-failed -- \(name); } 2>/dev/null || :"
        }
    }

    /// Units to enable, disable or mask; what systemd takes for no unit, or for several, is none of them.
    private var unitSteps: [RestoreStep] {
        steps.filter { $0.action == .unit && UnitName.isLoadable($0.name) }
    }

    /// What is said of units that are not there: one that must not run does not, one that must is left undone.
    ///
    /// A unit whose program does not end well when it is stopped has not failed.
    private static let unitsMissing = """
        hf_unset() {
        printf '%s: %s\\n' "$1" "$(systemctl status --no-pager --lines=3 -- "$1" 2>&1 | tail -n 6)"
        exit 1
        }
        hf_stop() {
        systemctl stop -- "$1" || return 1
        systemctl reset-failed -- "$1" 2>/dev/null
        return 0
        }
        hf_missing() {
        case $(systemctl is-enabled -- "$1" 2>&1) in
        not-found|*': No such file or directory') return 0 ;;
        esac
        return 1
        }
        hf_disable() {
        systemctl disable --quiet -- "$1" && return 0
        hf_missing "$1" && printf '%s\\n' "$1 is not there: nothing to disable." >>"$D/as-before"
        }
        hf_enable() {
        systemctl enable --quiet ${2:-} -- "$1" && return 0
        hf_missing "$1" && hf_not_done "$1 is not there and was not enabled"
        }

        """

    var units: String {
        let changed = unitSteps
        guard !changed.isEmpty else { return "exit 0\n" }
        var text =
            Self.start + Self.unitsMissing
            + "command -v systemctl >/dev/null 2>&1 || exit 0\nif hf_systemd; then systemctl daemon-reload; fi\n"
        for step in changed {
            if step.from == "masked" {
                text +=
                    "systemctl unmask --quiet -- \(ShellQuoting.word(step.name)) || hf_unset \(ShellQuoting.word(step.name))\n"
            }
            text +=
                step.from == step.to
                ? "systemctl try-restart -- \(ShellQuoting.word(step.name)) || hf_as_before \(ShellQuoting.word(step.name)) || hf_unset \(ShellQuoting.word(step.name))\n"
                : unitLine(step.name, step.to, starts: step.from == "missing" && !step.begins)
                    + " || hf_as_before \(ShellQuoting.word(step.name)) || hf_unset \(ShellQuoting.word(step.name))\n"
            if step.stops {
                text +=
                    "hf_stop \(ShellQuoting.word(step.name)) || hf_unset \(ShellQuoting.word(step.name))\n"
            }
        }
        text += beginning
        let started = startedUnits
        if !started.isEmpty {
            text += """
                if hf_systemd; then
                sleep 2
                for u in \(started.map { ShellQuoting.word($0) }.joined(separator: " ")); do
                ! systemctl is-failed --quiet -- "$u" || hf_as_before "$u" || { echo "$u does not run"; systemctl status --no-pager --lines=5 -- "$u"; exit 1; }
                done
                fi

                """
        }
        return text + "exit 0\n"
    }

    /// Starts what was switched off; what cannot be started keeps nothing else from being restored.
    private var beginning: String {
        let units = beginningUnits
        guard !units.isEmpty else { return "" }
        let words = units.map { ShellQuoting.word($0) }.joined(separator: " ")
        return """
            if hf_systemd; then
            for u in \(words); do
            systemctl is-active --quiet -- "$u" && continue
            hf_limited 90 systemctl start -- "$u" </dev/null || :
            printf '%s%s\\n' "$u" \(ShellQuoting.word(RestoreStep.startedSentence)) >>"$D/as-before"
            done
            sleep 2
            for u in \(words); do
            ! systemctl is-failed --quiet -- "$u" || hf_not_done "$u is enabled and does not start; see: systemctl status $u"
            done
            fi

            """
    }

    var unitsBack: String {
        let changed = unitSteps.reversed()
        guard !changed.isEmpty else { return "exit 0\n" }
        var text =
            Self.start + Self.unitsMissing + "command -v systemctl >/dev/null 2>&1 || exit 0\n"
        for step in changed where step.from != step.to {
            if step.to == "masked" {
                text += "systemctl unmask --quiet -- \(ShellQuoting.word(step.name)) || :\n"
            }
            text += unitLine(step.name, step.from, starts: false) + " || :\n"
            if step.begins {
                let name = ShellQuoting.word(step.name)
                text +=
                    "! grep -q -x -F -e \(name) \"$D/idle-before\" 2>/dev/null || hf_stop \(name) || :\n"
            }
            // Early in the start of a machine the services to come were chosen by the state that goes.
            if let verb = step.from == "enabled" ? "start" : step.to == "enabled" ? "stop" : nil {
                text +=
                    "[ -z \"${BOOTING:-}\" ] || systemctl --no-block \(verb) -- \(ShellQuoting.word(step.name)) || :\n"
            }
        }
        return text + "exit 0\n"
    }

    private static func program(_ text: String) -> String { text.isEmpty ? "" : start + text }

    var packages: String { Self.program(PackageCommands(steps).script) }

    /// Takes away what `packages` brought, when the run goes back.
    var packagesBack: String {
        PackageCommands(steps).isTakenBack ? Self.program(PackageRemoval.back) : ""
    }

    var packagesAway: String { Self.program(PackageRemoval(steps).script) }
}
