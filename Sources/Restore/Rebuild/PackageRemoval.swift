import Basics
import RemoteExecution

/// The shell text that takes packages away again which a run brought, and nothing else.
///
/// apt is asked first what would go. A package that something else needs stays, and is told; so do all where apt would
/// take away, install or exchange anything besides, or cannot say. Packages of other families stay.
/// - SeeAlso: apt-get(8), dpkg-query(1)
package struct PackageRemoval: Sendable {
    /// Word of `RestoreStep.what`: the package's configuration was there before, and stays.
    package static let keepsConfiguration = "its configuration stays, as it was there before"

    private let names: [String]
    /// Of these, whose configuration stays.
    private let configured: [String]

    init(_ steps: [RestoreStep]) {
        let gone = steps.filter { $0.action == .uninstall && PackageCommands.isPlain($0.name) }
        names = gone.map(\.name)
        configured = gone.filter { $0.what.contains(Self.keepsConfiguration) }.map(\.name)
    }

    /// Takes the packages away; empty when there are none.
    var script: String {
        guard !names.isEmpty else { return "" }
        return Self.library + """
            hf_tell() { hf_not_done "$1"; : >"$D/packages-stay"; }
            hf_record=$D/packages-gone
            hf_away '\(configured.joined(separator: " "))' \(names.joined(separator: " "))
            exit 0

            """
    }

    /// What is noted before packages are installed, so that `back` can tell what came.
    ///
    /// An earlier installation that was cut off is not this run's to end: apt would refuse, and nothing is begun.
    static let before =
        """
        if ls /var/lib/dpkg/updates 2>/dev/null | grep -q '^[0-9][0-9]*$'; then
        echo 'dpkg was interrupted before this run began; end that with ‘dpkg --configure -a’ and make a new plan'
        exit 1
        fi

        """ + library + "hf_packages >\"$D/packages-before\" || exit 1\n"

    /// What is noted when they are installed: what comes later is not of this run.
    static let after = "hf_packages >\"$D/packages-after\" || exit 1\n"

    /// Takes away whatever packages came between `before` and `after`; those that stay are told as a reason.
    static let back = """
        [ -s "$D/packages-before" ] || exit 0

        """ + library + """
            hf_tell() { echo "$1" >>"$D/reason"; }
            hf_record=/dev/null
            # An installation that was cut off is brought to its end before it is taken back.
            if [ ! -s "$D/packages-after" ]; then
            hf_limited 600 dpkg --configure -a </dev/null || :
            hf_packages >"$D/packages-after" || exit 1
            fi
            hf_words() { awk "$1" "$D/packages-before" "$D/packages-after" | tr '\\n' ' '; }
            hf_came=$(hf_words 'NR == FNR { if ($2 != "config-files") had[$1]; next } $2 != "config-files" && !($1 in had) { print $1 }')
            hf_newer=$(hf_words 'NR == FNR { if ($2 == "installed") had[$1] = $3; next } ($1 in had) && $2 == "installed" && had[$1] != $3 { print $1 }')
            [ -z "$hf_newer" ] || hf_tell "packages that came in another version keep it: $hf_newer"
            hf_away "$(hf_words 'NR == FNR { if ($2 == "config-files") print $1 }')" $hf_came
            exit 0

            """

    private static let library = """
        DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
        # Every package with its state and version, named as apt names it.
        hf_packages() {
        dpkg-query -W -f '${Package} ${Architecture} ${db:Status-Status} ${Version}\\n' | awk -v native="$(dpkg --print-architecture)" \
        '$3 != "not-installed" { print ($2 == native || $2 == "all" ? $1 : $1 ":" $2), $3, $4 }'
        }
        hf_installed() {
        case $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) in ''|not-installed|config-files) return 1 ;; esac
        }
        hf_remover() { hf_limited 1800 apt-get -q -y -o DPkg::Lock::Timeout=120 -o APT::Get::AutomaticRemove=false --allow-change-held-packages "$@" </dev/null; }
        # Everything that the removal of some would change.
        hf_goes() { hf_remover -s remove "$@" 2>/dev/null | sed -n -E 's/^(Remv|Purg|Inst|Conf) ([^ ]+).*/\\2/p'; }
        # apt does not know a package that is gone and that no source has.
        hf_purge() {
        hf_left=
        for n do
        case $hf_kept in *" $n "*) continue ;; esac
        case $(dpkg-query -W -f '${db:Status-Status}' "$n" 2>/dev/null) in config-files) hf_left="$hf_left $n" ;; esac
        done
        [ -z "$hf_left" ] || hf_limited 1800 dpkg --purge $hf_left </dev/null
        }
        # The first argument names those whose configuration stays.
        hf_away() {
        hf_kept=" $1 "; shift
        hf_gone=
        for n do if hf_installed "$n"; then hf_gone="$hf_gone $n"; fi; done
        while [ -n "$hf_gone" ]; do
        [ "$(hf_goes $hf_gone | sort -u)" != "$(printf '%s\\n' $hf_gone | sort -u)" ] || break
        hf_rest=
        for n in $hf_gone; do
        hf_more=
        for m in $(hf_goes "$n"); do case "$hf_gone " in *" $m "*) ;; *) hf_more="$hf_more $m" ;; esac; done
        if [ -z "$hf_more" ]; then hf_rest="$hf_rest $n"
        else hf_tell "the package $n stays installed, as its removal would change others:$hf_more"; fi
        done
        if [ "$hf_rest" = "$hf_gone" ]; then
        hf_tell "packages stay installed, as apt cannot say what their removal would change:$hf_gone"
        hf_rest=
        fi
        hf_gone=$hf_rest
        done
        [ -n "$hf_gone" ] || return 0
        printf '%s\\n' "$hf_gone" >"$hf_record"
        hf_said=$(hf_remover remove $hf_gone 2>&1) && hf_said=$(hf_purge $hf_gone 2>&1) \\
        || hf_tell "not every package could be taken away: $(printf '%s\\n' "$hf_said" | tail -n 3 | tr '\\n' ' ')"
        }

        """
}
