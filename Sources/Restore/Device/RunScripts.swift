import Basics
import RemoteExecution

/// The shell programs of one run; they travel as files, so that no length and no name limits them.
struct RunScripts: Sendable {
    let run: RunID
    let operations: SwapOperations
    let steps: [RestoreStep]
    /// Seconds until the device undoes what nobody confirmed.
    let patience: Int
    /// Seconds that a change needs before a new connection proves anything.
    ///
    /// A server that was told to reload may serve the next login with what it knew before.
    let settling: Int
    /// What is written into the files of accounts.
    let accounts: AccountEdit
    /// What is done with containers.
    var containers = ContainerRun()

    var folder: String { RunFolder.path(run) }

    /// The programs by name.
    var files: [(name: String, text: [UInt8])] {
        [
            ("lib", Array((library + Self.comparing + Self.rulesBack + deciding).utf8)),
            ("ops", forward(isRehearsal: false)),
            ("ops-rehearsal", forward(isRehearsal: true)),
            ("back", backward), ("leftovers", leftovers),
            ("activate", Array(activate.utf8)), ("validate", Array(validate.utf8)),
            ("swap", Array(swap.utf8)), ("finish", Array(finish.utf8)), ("confirm", Array(confirm.utf8)),
            ("settle", Array(settle.utf8)), ("boot", Array(boot.utf8)), ("arm", Array(arm.utf8)),
            ("rehearse", Array(rehearse.utf8)), ("rehearsal", Array(rehearsal.utf8)),
            ("before", Array(before.utf8)), ("complaints", Array(complaintsBefore.utf8)),
            ("watch", Array(watch.utf8)),
            ("units", Array(units.utf8)), ("units-back", Array(unitsBack.utf8)),
            ("packages", Array(packages.utf8)), ("packages-back", Array(packagesBack.utf8)),
            ("packages-away", Array(packagesAway.utf8)), ("programs", complaints),
        ] + FoundationScripts(run: run, steps: steps, edit: accounts).files
            + containers.files.map { ($0.name, Array($0.text.utf8)) }
    }

    /// What systemd says in a rehearsal of programs that come with the run, one a line.
    private var complaints: [UInt8] {
        operations.programs.filter { !$0.contains(0x0A) }.flatMap { path in
            Array("Command ".utf8) + path + Array(" is not executable: No such file\n".utf8)
        }
    }

    // MARK: Renames

    private func words(_ parts: [[UInt8]]) -> [UInt8] {
        var line: [UInt8] = []
        for part in parts {
            line.append(0x20)
            line += ShellQuoting.word(part)
        }
        return line + [0x0A]
    }

    /// - Parameter isRehearsal: only what lies below `/etc`, the folder that a rehearsal has of its own.
    private func forward(isRehearsal: Bool) -> [UInt8] {
        var text: [UInt8] = []
        for (index, operation) in operations.operations.enumerated() {
            if isRehearsal, !operation.target.starts(with: "/etc/".utf8) { continue }
            switch operation.kind {
            case .create:
                text += Array("hf_create \(index)".utf8) + words([operation.target, operation.staged])
            case .replace(let count):
                text += whole(operation.target, count)
                text += Array("hf_replace \(index)".utf8)
                text += words([operation.target, operation.staged, operation.kept])
            case .remove(let count):
                text += whole(operation.target, count)
                text += Array("hf_remove \(index)".utf8) + words([operation.target, operation.kept])
            case .take:
                text += Array("hf_take \(index)".utf8)
                text += words([
                    operation.target, operation.kept, SwapOperations.asMounted(operation.target),
                ])
            }
        }
        return text
    }

    private func whole(_ path: [UInt8], _ count: Int?) -> [UInt8] {
        guard let count else { return [] }
        return Array("hf_whole \(count)".utf8) + words([path, SwapOperations.asMounted(path)])
    }

    private var backward: [UInt8] {
        var text: [UInt8] = []
        for (index, operation) in operations.operations.enumerated().reversed() {
            switch operation.kind {
            case .create:
                text += Array("hf_uncreate \(index)".utf8) + words([operation.target, operation.staged])
            case .replace:
                text += Array("hf_unreplace \(index)".utf8)
                text += words([operation.target, operation.staged, operation.kept])
            case .remove, .take:
                text += Array("hf_unremove \(index)".utf8) + words([operation.target, operation.kept])
            }
        }
        return text
    }

    /// How many names one `rm` gets: a program for each takes longer than all the rest of an end.
    private static let removedAtOnce = 50

    private var leftovers: [UInt8] {
        var names = operations.operations.flatMap { [$0.staged, $0.kept] }.filter { !$0.isEmpty }[...]
        names += containers.leftovers
        var text = Array(": >\"$D/left\"\n".utf8)
        while !names.isEmpty {
            text += Array("hf_discard".utf8) + words(Array(names.prefix(Self.removedAtOnce)))
            names = names.dropFirst(Self.removedAtOnce)
        }
        return text
    }

    private var library: String {
        """
        set -u
        umask 077
        unset CDPATH ENV BASH_ENV IFS
        LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        export LC_ALL PATH
        D=\(ShellQuoting.word(folder))
        cd / || exit 1
        hf_there() { [ -e "$1" ] || [ -L "$1" ]; }
        hf_note() { printf '%s\\n' "$1" >>"${J:-$D/journal}"; }
        hf_not_done() { printf '%s\\n' "$1" >>"$D/not-done"; }
        hf_noted() { grep -q -x -F -e "$1" "$D/journal" 2>/dev/null; }
        hf_fail() { printf 'holdfast: %s\\n' "$1" >&2; exit 1; }
        hf_sync() { sync -f "$@" 2>/dev/null || sync; }
        hf_phase() { printf '%s\\n' "$1" >"$D/phase.new" && mv -f "$D/phase.new" "$D/phase" && hf_sync "$D"; }
        hf_limited() { if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift; "$@"; fi; }
        hf_systemd() { [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1; }
        # What stays although it should go is told, with what is said of it: its programs may have made a file immutable.
        hf_discard() {
        rm -rf -- "$@" 2>/dev/null
        for hf_place do
        if ! hf_there "$hf_place" || hf_said=$(rm -rf -- "$hf_place" 2>&1); then continue; fi
        printf '%s\\t%s\\n' "$hf_place" "$(printf '%s\\n' "$hf_said" | head -n 1)" >>"$D/left"
        done
        }
        hf_create() {
        hf_note "$1"
        if hf_there "$2"; then hf_fail "$2 has come into being meanwhile"; fi
        mv -- "$3" "$2" || hf_fail "$2 could not be put into its place"
        }
        # Nothing that has become a folder meanwhile goes uncounted.
        hf_looked=
        hf_no_folder() {
        [ "$hf_looked" = "$1" ] || [ ! -d "$1" ] || [ -L "$1" ] || hf_fail "$1 has become a folder meanwhile"
        }
        hf_replace() {
        hf_no_folder "$2"
        hf_note "$1"
        if [ -f "$2" ] && [ ! -L "$2" ] && { [ -f "$3" ] && [ ! -L "$3" ]; } && ln -- "$2" "$4" 2>/dev/null; then
        mv -f -- "$3" "$2" || hf_fail "$2 could not be replaced"
        else
        mv -- "$2" "$4" || hf_fail "$2 could not be set aside"
        mv -- "$3" "$2" || hf_fail "$2 could not be put into its place"
        fi
        }
        # Of a folder that goes nothing may go that the plan does not name, and nothing that is mounted in it.
        hf_unmounted() {
        [ -r /proc/mounts ] || return 0
        while read -r hf_source hf_place hf_rest; do
        case $hf_place in "$2"|"$2"/*) hf_fail "a file system is mounted in $1, which would go: $hf_place" ;; esac
        done </proc/mounts
        }
        hf_whole() {
        hf_looked=$2
        [ -d "$2" ] && [ ! -L "$2" ] || return 0
        hf_unmounted "$2" "$3"
        n=$(find "$2" -exec printf x ';' | wc -c)
        if [ "$((n))" != "$1" ]; then hf_fail "$2 holds $((n)) names, not the $1 of the plan"; fi
        }
        hf_remove() {
        hf_no_folder "$2"
        hf_note "$1"
        mv -- "$2" "$3" || hf_fail "$2 could not be taken away"
        }
        hf_take() {
        hf_unmounted "$2" "$4"
        hf_looked=$2
        hf_remove "$1" "$2" "$3"
        }
        hf_uncreate() {
        if ! hf_there "$3" && hf_there "$2" && hf_noted "$1"; then mv -- "$2" "$3"; fi
        }
        hf_unreplace() {
        hf_there "$4" || return 0
        if [ -f "$4" ] && [ ! -L "$4" ] && [ -f "$2" ] && [ ! -L "$2" ]; then mv -f -- "$4" "$2"
        else
        if hf_there "$2"; then if hf_there "$3"; then rm -rf -- "$3"; fi; mv -- "$2" "$3"; fi
        mv -- "$4" "$2"
        fi
        }
        # An engine makes empty folders where it misses something; what else has come there meanwhile makes room.
        hf_unremove() {
        hf_there "$3" || return 0
        if hf_there "$2"; then
        if [ -d "$2" ] && [ ! -L "$2" ] && [ -z "$(find "$2" ! -type d -print 2>/dev/null | head -n 1)" ]; then rm -rf -- "$2"
        else
        mv -- "$2" "$3.meanwhile" && printf '%s\\n' "what was in the place of $2 meanwhile is kept as $3.meanwhile" >>"$D/reason"
        fi
        fi
        mv -- "$3" "$2"
        }
        \(TarOptions.function)hf_folders() {
        [ -s "$D/$1" ] || return 0
        hf_more=${HF_TAR-$(hf_tar)}
        ( set -f; exec tar -x -p -f "$D/$1" -C / $hf_more )
        }

        """
    }
}
