import Basics
import RemoteExecution

/// The shell text that installs packages and marks them, for each family's package manager.
///
/// apt names what no source has and goes on without it; what is missing in the end is told by whoever reads the device
/// afterwards.
/// - SeeAlso: apt-get(8), apt-mark(8), dnf(8), apk(8), pacman(8)
package struct PackageCommands: Sendable {
    /// Words of `RestoreStep.what` that say how a package came.
    package static let byHand = "by hand"
    package static let dependency = "as a dependency"
    package static let held = "held"

    /// One package.
    struct Wish: Sendable, Equatable {
        let name: String
        let version: String
        let isManual: Bool
        let isDependency: Bool
        let isHeld: Bool
    }

    private let installs: [Wish]
    private let marks: [Wish]
    /// Section of the packages: what they are installed with.
    private let section: String

    package init(_ steps: [RestoreStep]) {
        func wish(_ step: RestoreStep) -> Wish? {
            guard Self.isPlain(step.name) else { return nil }
            return Wish(
                name: step.name, version: Self.isPlain(step.to) ? step.to : "",
                isManual: step.what.contains(Self.byHand), isDependency: step.what.contains(Self.dependency),
                isHeld: step.what.contains(Self.held))
        }
        installs = steps.filter { $0.action == .install }.compactMap(wish)
        marks = steps.filter { $0.action == .mark }.compactMap(wish)
        section = steps.first { $0.action == .install || $0.action == .mark }?.section ?? ""
    }

    /// Whether a name or a version of a package means nothing but itself to a shell and a package manager.
    package static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 255 else { return false }
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return (isLetterOrDigit(first) || first == UInt8(ascii: "_"))
            && text.utf8.allSatisfy { isLetterOrDigit($0) || "+-._:~^@".utf8.contains($0) }
    }

    /// The text; empty when there is nothing to do.
    ///
    /// A status other than 0 says that packages could not be installed.
    package var script: String {
        guard !installs.isEmpty || !marks.isEmpty else { return "" }
        return isTakenBack ? PackageRemoval.before + ofFamily + PackageRemoval.after : ofFamily
    }

    /// Whether a run that goes back takes away what it installed.
    var isTakenBack: Bool { !installs.isEmpty && section == Self.removable }

    /// The section whose packages can be taken away again.
    package static let removable = "packages-dpkg"

    private var ofFamily: String {
        switch section {
        case "packages-rpm": dnf
        case "packages-apk": apk
        case "packages-pacman": pacman
        default: apt
        }
    }

    private func names(_ wishes: [Wish]) -> String { wishes.map(\.name).joined(separator: " ") }

    // MARK: apt

    private var apt: String {
        var text = """
            DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND
            hf_apt() {
            hf_limited 1800 apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-confdef --no-install-recommends install "$@" </dev/null
            }
            hf_want() {
            case $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) in
            ''|*'Candidate: (none)'*) echo "holdfast: no source has $1"; return ;;
            esac
            m="$m $1"
            if [ -n "$2" ] && [ -n "$(apt-cache show "$1=$2" 2>/dev/null)" ]; then l="$l $1=$2"
            else l="$l $1"; fi
            }
            hf_mark() {
            k=$1; shift; s=
            for n do
            case $(dpkg-query -W -f '${Status}' "$n" 2>/dev/null) in *' installed') s="$s $n" ;; esac
            done
            [ -z "$s" ] || apt-mark "$k" $s
            }
            l= m=

            """
        if !installs.isEmpty {
            text +=
                "hf_limited 600 apt-get -q update </dev/null || echo 'holdfast: not every source answered'\n"
            for wish in installs { text += "hf_want \(wish.name) \(ShellQuoting.word(wish.version))\n" }
            // Versions that do not go together are given up for those that the sources have now.
            text += "if [ -n \"$l\" ]; then hf_apt $l || hf_apt $m || exit 1; fi\n"
        }
        let all = installs + marks
        for (mark, wishes) in [
            ("auto", all.filter(\.isDependency)), ("manual", all.filter(\.isManual)),
            ("unhold", marks.filter { !$0.isHeld }), ("hold", all.filter(\.isHeld)),
        ] where !wishes.isEmpty {
            text += "hf_mark \(mark) \(names(wishes)) >/dev/null || exit 1\n"
        }
        return text
    }

    // MARK: Other families

    /// What was asked for by hand, or everything where that is not known.
    private var asked: [Wish] {
        let manual = installs.filter(\.isManual)
        return manual.isEmpty ? installs.filter { !$0.isDependency } : manual
    }

    /// Dependencies that the others may not bring.
    private var dependencies: [Wish] { installs.filter(\.isDependency) }

    private var dnf: String {
        var text = "hf_dnf() { hf_limited 1800 dnf -q -y --setopt=strict=0 install \"$@\" </dev/null; }\n"
        if !asked.isEmpty { text += "hf_dnf \(names(asked)) || exit 1\n" }
        if !dependencies.isEmpty { text += "hf_dnf \(names(dependencies)) || exit 1\n" }
        return text
    }

    /// `apk add` writes into world what it is given: dependencies come by themselves and stay out of it.
    private var apk: String {
        guard !asked.isEmpty else { return "" }
        let exact = asked.map { $0.version.isEmpty ? $0.name : "\($0.name)=\($0.version)" }
        return """
            hf_limited 600 apk update </dev/null || echo 'holdfast: not every source answered'
            if hf_limited 600 apk add --simulate \(exact.joined(separator: " ")) >/dev/null 2>&1 </dev/null; then
            hf_limited 1800 apk add \(exact.joined(separator: " ")) </dev/null || exit 1
            hf_limited 600 apk add \(names(asked)) </dev/null || exit 1
            else hf_limited 1800 apk add \(names(asked)) </dev/null || exit 1; fi

            """
    }

    private var pacman: String {
        var text =
            "hf_limited 600 pacman -Sy --noconfirm </dev/null || echo 'holdfast: not every source answered'\n"
        if !asked.isEmpty {
            text += "hf_limited 1800 pacman -S --noconfirm --needed \(names(asked)) </dev/null || exit 1\n"
        }
        if !dependencies.isEmpty {
            text +=
                "hf_limited 1800 pacman -S --noconfirm --needed --asdeps \(names(dependencies)) </dev/null || exit 1\n"
        }
        return text
    }
}
