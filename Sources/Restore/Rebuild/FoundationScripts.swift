import Basics
import RemoteExecution

/// Programs of a run that make what files need on another machine: groups, users, folders; and their way back.
struct FoundationScripts: Sendable {
    let run: RunID
    let steps: [RestoreStep]
    let edit: AccountEdit

    /// The programs and what they read, by name; none when there is nothing to make.
    var files: [(name: String, text: [UInt8])] {
        var files: [(String, String)] = []
        if !edit.isEmpty { files += [("foundation", forward), ("foundation-back", backward)] }
        if !folders.isEmpty { files += [("parents", parents), ("parents-back", parentsBack)] }
        for (way, table) in [("new", edit.forward), ("old", edit.backward)] {
            for (name, lines) in table.sorted(by: { $0.key < $1.key }) {
                files.append(("\(name)-\(way)", lines.joined(separator: "\n") + "\n"))
            }
        }
        return files.map { ($0.0, Array($0.1.utf8)) }
    }

    private var folders: [RestoreStep] { steps.filter { $0.action == .folder } }

    private static let start = ". \"${0%/*}/lib\"\n"

    private var forward: String {
        var text = Self.start + library + check + "hf_lock_accounts\n"
        for file in AccountEdit.files where edit.removes && edit.forward[file] != nil {
            text +=
                "[ ! -e /etc/\(file) ] || cp -p /etc/\(file) \"$D/\(file)-was\" || hf_fail '/etc/\(file) could not be kept'\n"
        }
        text += "hf_note foundation\n"
        for file in AccountEdit.files where edit.forward[file] != nil {
            text +=
                "hf_edit \(file) new || { hf_unlock_accounts; hf_fail '/etc/\(file) could not be written'; }\n"
        }
        text += "hf_unlock_accounts\n"
        for home in edit.homes {
            text += "hf_home \(ShellQuoting.word(home.path)) \(home.user) \(home.group)\n"
        }
        return text + "exit 0\n"
    }

    private var backward: String {
        var text = Self.start + library + "hf_noted foundation || exit 0\nhf_lock_accounts\n"
        for file in AccountEdit.files.reversed() where edit.forward[file] != nil {
            text +=
                edit.removes
                ? "[ ! -e \"$D/\(file)-was\" ] || { cp -p \"$D/\(file)-was\" /etc/.holdfast-\(run.text).\(file) && mv -f /etc/.holdfast-\(run.text).\(file) /etc/\(file); }\n"
                : "hf_edit \(file) old\n"
        }
        return text + "hf_unlock_accounts\nexit 0\n"
    }

    /// Folders come after packages, which bring some of them.
    private var parents: String {
        Self.start + """
            hf_folder() {
            if [ -d "$1" ]; then return 0; fi
            mkdir -m "$2" -- "$1" && chown "$3:$4" -- "$1" || hf_fail "$1 could not be made"
            hf_note "made-$5"
            }

            """ + folders.map { "hf_folder \(Self.folder($0))\n" }.joined() + "exit 0\n"
    }

    private var parentsBack: String {
        Self.start
            + folders.reversed().map { step in
                "if hf_noted made-\(Self.mark(step)); then rmdir -- \(ShellQuoting.word(step.name)) 2>/dev/null; fi\n"
            }.joined() + "exit 0\n"
    }

    /// Path, mode, numbers of the owners and a name for the note that it was made.
    private static func folder(_ step: RestoreStep) -> String {
        let numbers = step.to.split(separator: ":").map(String.init)
        let parts = numbers.count == 3 ? numbers : ["0755", "0", "0"]
        return ([ShellQuoting.word(step.name)] + parts + [mark(step)]).joined(separator: " ")
    }

    private static func mark(_ step: RestoreStep) -> String { Hex.string(Array(step.subject.suffix(60))) }

    /// Names that came into being since the plan was made stop it before anything is written.
    private var check: String {
        var text = ""
        for (file, kind) in [("passwd", "user"), ("group", "group")] {
            for line in edit.forward[file] ?? [] where line.hasPrefix("+") {
                let name = line.dropFirst().prefix { $0 != ":" }
                text +=
                    "! grep -q -e '^\(name):' /etc/\(file) || hf_fail 'the \(kind) \(name) has come into being meanwhile'\n"
            }
        }
        return text
    }

    private var library: String {
        """
        hf_lock_accounts() {
        for f in passwd group shadow gshadow; do
        n=0
        until ln -- "$D/lib" "/etc/$f.lock" 2>/dev/null || ! [ -e "/etc/$f" ]; do
        # A lock that cannot be a link, or is of somebody who is busy for long, is not waited for.
        n=$((n+1)); [ "$n" -lt 30 ] || { hf_unlock_accounts; hf_fail "/etc/$f is locked by another program"; }
        [ -e "/etc/$f.lock" ] || break
        sleep 1
        done
        done
        }
        hf_unlock_accounts() {
        for f in passwd group shadow gshadow; do
        if [ "/etc/$f.lock" -ef "$D/lib" ]; then rm -f -- "/etc/$f.lock"; fi
        done
        }
        hf_edit() {
        [ -e "/etc/$1" ] || return 0
        t="/etc/.holdfast-\(run.text).$1"
        cp -p -- "/etc/$1" "$t" && awk -v f="$D/$1-$2" '
        BEGIN {
        while ((getline l < f) > 0) {
        k = substr(l, 1, 1); r = substr(l, 2)
        if (k == "+") { line[++n] = r; split(r, a, ":"); name[n] = a[1] }
        else if (k == "-") gone[r] = 1
        else if (k == "m") { split(r, a, " "); add[a[1]] = add[a[1]] " " a[2] }
        else if (k == "u") { split(r, a, " "); del[a[1]] = del[a[1]] " " a[2] " " }
        }
        FS = ":"; OFS = ":"
        }
        { $0 = $0; if ($1 in gone) next; there[$1] = 1 }
        ($1 in add) && NF == 4 {
        c = split(add[$1], a, " ")
        for (i = 1; i <= c; i++) if (index("," $4 ",", "," a[i] ",") == 0) $4 = $4 == "" ? a[i] : $4 "," a[i]
        }
        ($1 in del) && NF == 4 {
        c = split($4, a, ","); s = ""
        for (i = 1; i <= c; i++) if (index(del[$1], " " a[i] " ") == 0) s = s == "" ? a[i] : s "," a[i]
        $4 = s
        }
        { print }
        END { for (i = 1; i <= n; i++) if (!(name[i] in there)) print line[i] }
        ' "/etc/$1" >"$t" && [ -s "$t" -o ! -s "/etc/$1" ] && hf_sync "$t" && mv -f -- "$t" "/etc/$1" || { rm -f -- "$t"; return 1; }
        if command -v restorecon >/dev/null 2>&1; then restorecon "/etc/$1" || :; fi
        }
        hf_home() {
        if hf_there "$1"; then return 0; fi
        umask 022
        mkdir -p -- "${1%/*}" && mkdir -m 700 -- "$1" || hf_fail "$1 could not be made"
        if [ -d /etc/skel ]; then cp -R -p /etc/skel/. "$1/"; chmod 700 -- "$1"; fi
        chown -R "$2:$3" -- "$1" || hf_fail "$1 could not be given to its user"
        umask 077
        }

        """
    }
}
