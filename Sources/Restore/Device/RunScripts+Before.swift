import RemoteExecution

/// What was wrong on the device before a run: it is no failure of the run when it is so afterwards.
///
/// This holds for units alone. The tools of other areas stop at the first fault that they find: what they say before and
/// after may be the same, and hide that something is worse. A server that is reloaded ran before, and must run after.
extension RunScripts {
    /// Units that must run after the run because they are enabled.
    var startedUnits: [String] {
        steps.filter {
            $0.action == .unit && $0.to == "enabled" && ($0.from == "missing" || $0.from == "enabled")
                && !$0.begins
        }
        .map(\.name).filter {
            $0.hasSuffix(".service") && !$0.contains("@.") && UnitName.isLoadable($0)
        }
    }

    /// Units that were switched off and run once they are enabled; one that does not is told.
    var beginningUnits: [String] { steps.filter(\.begins).map(\.name) }

    /// What programs that look at units know of their state before.
    static let comparing = """
        # A unit that is begun again and again does not run either.
        hf_broken() {
        case $(systemctl show -p ActiveState -p SubState -- "$1" 2>/dev/null) in
        *ActiveState=failed*|*SubState=auto-restart*) return 0 ;;
        esac
        return 1
        }
        hf_as_before() {
        grep -q -x -F -e "$1" "$D/broken-before" 2>/dev/null && hf_broken "$1" || return 1
        printf '%s\\n' "$1 does not run, and did not before." >>"$D/as-before"
        }

        """

    /// Writes down which of the units that the run touches do not run, before it changes anything.
    var before: String {
        var units = Set(changedUnits.map { String($0.split(separator: "/").last ?? "") })
        units.formUnion(startedUnits)
        units.formUnion(beginningUnits)
        units.formUnion(
            steps.filter { $0.action == .unit && $0.from == $0.to && UnitName.isLoadable($0.name) }
                .map(\.name))
        guard !units.isEmpty else {
            return touchesRules ? Self.start + Self.rulesBefore + "exit 0\n" : "exit 0\n"
        }
        let begun = beginningUnits.map { ShellQuoting.word($0) }.joined(separator: " ")
        let words = units.sorted().map { ShellQuoting.word($0) }.joined(separator: " ")
        return Self.start + (touchesRules ? Self.rulesBefore : "") + """
            hf_systemd || exit 0
            for u in \(words); do
            if hf_broken "$u"; then printf '%s\\n' "$u"; fi
            done >"$D/broken-before"
            for u in \(begun); do
            systemctl is-active --quiet -- "$u" || printf '%s\\n' "$u"
            done >"$D/idle-before"
            exit 0

            """
    }

    /// Whether the run may replace the rules that the kernel filters by.
    private var touchesRules: Bool {
        steps.contains { step in
            step.areas.contains(RestoreArea.firewall.name)
                || step.action == .unit && RestoreArea.firewall.loaders.contains(step.name)
        }
    }

    /// Writes down the rules that the kernel has, those of no file as well: whoever reloads a file may flush them.
    ///
    /// Tables that iptables keeps are written down by it, as it does not know them again otherwise.
    private static let rulesBefore = """
        for t in iptables ip6tables; do
        if command -v "$t-save" >/dev/null 2>&1; then hf_limited 20 "$t-save" >"$D/rules-$t" 2>/dev/null </dev/null || rm -f "$D/rules-$t"; fi
        done
        if command -v nft >/dev/null 2>&1 && hf_limited 20 nft list tables >"$D/rules-tables" 2>/dev/null </dev/null; then
        echo 'flush ruleset' >"$D/rules-nft"
        while read -r hf_word hf_family hf_table; do
        case $hf_family in ip) hf_own=iptables ;; ip6) hf_own=ip6tables ;; *) hf_own= ;; esac
        if [ -n "$hf_own" ] && grep -q -x -F -e "*$hf_table" "$D/rules-$hf_own" 2>/dev/null; then continue; fi
        hf_limited 20 nft list table "$hf_family" "$hf_table" >>"$D/rules-nft" 2>/dev/null </dev/null || { rm -f "$D/rules-nft"; break; }
        done <"$D/rules-tables"
        fi

        """

    /// Brings the kernel's rules back that were there before the run, when the files are back.
    static let rulesBack = """
        hf_rules_back() {
        if [ -s "$D/rules-nft" ]; then hf_limited 60 nft -f "$D/rules-nft" || return 1; fi
        for t in iptables ip6tables; do
        if [ -s "$D/rules-$t" ]; then hf_limited 60 "$t-restore" <"$D/rules-$t" || return 1; fi
        done
        }

        """

    /// Writes down what systemd finds wrong with the units that come, as they are before the run.
    var complaintsBefore: String {
        guard !changedUnits.isEmpty else { return "exit 0\n" }
        var text = Self.start + Self.verifying + "command -v systemd-analyze >/dev/null 2>&1 || exit 0\n"
        for unit in changedUnits {
            let word = ShellQuoting.word(unit)
            text += "[ ! -s \(word) ] || hf_verify \(word) | hf_plain >>\"$D/complaints-before\"\n"
        }
        return text + "exit 0\n"
    }

    static let verifying = """
        hf_verify() { hf_limited 60 systemd-analyze verify --man=no -- "$1" 2>&1 </dev/null; }
        # The number of a line is no part of what is wrong with it.
        hf_plain() { sed -e 's/:[0-9][0-9]*:/:/' -e '/^$/d'; }

        """

    /// Checks one unit file; what systemd found before as well does not refuse it.
    func verification(of unit: String) -> String {
        let word = ShellQuoting.word(unit)
        let told = ShellQuoting.word("\(unit) has the faults that it had before.")
        return """
            if command -v systemd-analyze >/dev/null 2>&1 && [ -s \(word) ]; then
            if hf_said=$(hf_verify \(word)) && ! printf '%s' "$hf_said" | grep -q -i -e 'unknown section' -e 'failed to parse' -e 'not executable' -e 'bad unit file' -e 'invalid'; then printf 'holdfast: valid units\\n'
            elif [ -n "${REHEARSING:-}" ] && [ -z "$(printf '%s\\n' "$hf_said" | grep -v -F -f "$D/programs")" ]; then :
            elif [ -n "$hf_said" ] && [ -s "$D/complaints-before" ] && [ -z "$(printf '%s\\n' "$hf_said" | hf_plain | grep -v -x -F -f "$D/complaints-before")" ]; then printf '%s\\n' \(told) >>"$D/as-before"
            else
            case $hf_said in *\(word)*) ;; *) hf_said=\(word)": $hf_said" ;; esac
            printf 'holdfast: refused units\\n%s\\n' "$hf_said"; exit 65
            fi
            fi

            """
    }
}
