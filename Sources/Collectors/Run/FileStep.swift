import Basics
import RemoteExecution

/// Composes the steps that send files as one tar stream.
package enum FileStep {
    /// Seconds a stream of configuration files may take.
    private static let configurationLimit = 300
    /// Seconds a stream of own paths may take.
    static let dataLimit = 86_400
    /// Never files of their own: what the kernel shows there exists only while it runs.
    package static let always = ["/proc/*", "/sys/*", "/dev/*", "/run/*"]

    /// Files matching fixed patterns of the collectors; the patterns are expanded on the device.
    static func patterns(_ patterns: [String], excludes: [String]) -> ScriptStep {
        step(naming(patterns), excludes: excludes, limit: configurationLimit)
    }

    /// Puts what matches the patterns into the positional parameters.
    static func naming(_ patterns: [String]) -> String {
        """
        for p in \(Self.topmost(patterns).joined(separator: " ")); do
        if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "./${p#/}"; fi
        done

        """
    }

    /// The patterns, sorted, without those below a folder that is named as well: they come with it.
    static func topmost(_ patterns: [String]) -> [String] {
        let all = Set(patterns.map { Array($0.utf8) })
        return all.filter { pattern in
            !pattern.indices.dropFirst().contains {
                pattern[$0] == UInt8(ascii: "/") && all.contains(Array(pattern[..<$0]))
            }
        }
        .sorted(by: ByteOrder.precedes).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What the stream of all collectors' fixed patterns sends of a folder.
    struct Shared {
        let folder: String
        let patterns: [String]
        let excludes: [String]

        /// Shell text that goes on with the next `p` where that stream has it.
        ///
        /// Only patterns without wildcards are sure: they bring all that lies below them, but for what is excluded and
        /// what is reached through a link. A path that begins with two slashes is never left out.
        var skips: String {
            let special = Set("*?[\\'".utf8)
            let kept = inFolder(excludes).filter { !$0.utf8.contains(UInt8(ascii: "'")) }
            let sure = FileStep.topmost(
                inFolder(patterns).filter { !$0.utf8.contains(where: special.contains) })
            guard !sure.isEmpty else { return "" }
            let exception = kept.isEmpty ? "" : "\(choice(of: kept))) ;;\n"
            return """
                case $p in //*) p=${p#/} ;; \(folder)/*) case ${p#\(folder)}/ in
                \(exception)\(choice(of: sure))) continue ;;
                esac ;; esac

                """
        }

        /// Patterns below the folder, without its name.
        private func inFolder(_ patterns: [String]) -> [String] {
            let beginning = Array((folder + "/").utf8)
            return Set(patterns.filter { $0.utf8.starts(with: beginning) })
                .map { String($0.utf8.dropFirst(beginning.count - 1)) ?? $0 }.sorted()
        }

        /// One pattern of the shell for all of them and everything below them.
        private func choice(of patterns: [String]) -> String {
            patterns.map { $0 + "/*" }.joined(separator: "|")
        }
    }

    /// Files whose absolute paths `discovery` prints, one a line, without those that `shared` sends.
    static func discovered(
        by discovery: String, excludes: [String], besides shared: Shared? = nil
    ) -> ScriptStep {
        let collect = """
            \(discovery.contains("find ") ? check : "")hf_discover() {
            \(discovery)
            }
            \(naming(linesOf: "$(hf_discover)", besides: shared))
            """
        return step(collect, excludes: excludes, limit: configurationLimit)
    }

    /// Says so where files are looked for by a find that finds nothing.
    private static let check = """
        [ "$(find / -maxdepth 0 2>/dev/null </dev/null)" = / ] || echo "find: '/etc': find does not work there" >&2

        """

    /// Puts the absolute paths among the lines of a shell word into the positional parameters.
    static func naming(linesOf word: String, besides shared: Shared?) -> String {
        """
        IFS='
        '
        set -f
        for p in \(word); do
        \(shared?.skips ?? "")case $p in /*) if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "./${p#/}"; fi ;; esac
        done
        set +f
        unset IFS

        """
    }

    /// Own paths, taken literally; one that does not exist is told by its number.
    static func literal(_ set: CollectionPlan.PathSet) -> ScriptStep {
        archive(
            of: literals(set), excludes: set.excludes, always: always(besides: set), limit: dataLimit)
    }

    /// Puts the own paths that exist into the positional parameters.
    static func literals(_ set: CollectionPlan.PathSet) -> String {
        var collect = "cd / || exit\n"
        for (index, path) in set.paths.enumerated() {
            let (setup, name) = ShellQuoting.text(relative(path))
            collect += setup
            collect += "if [ -e \(name) ] || [ -L \(name) ]; then set -- \"$@\" \(name)\n"
            collect += "else echo 'holdfast: missing \(index)' >&2; fi\n"
            collect += "if [ -L \(name) ]; then hf_target=$(readlink \(name))\n"
            collect += "hf_target=$(printf '%s' \"$hf_target\" | tr '\\n' '?')\n"
            collect += "printf 'holdfast: link \(index) %s\\n' \"$hf_target\" >&2; fi\n"
        }
        return collect
    }

    /// `/etc/hosts` as `./etc/hosts`, so that no name is ever taken for an option.
    private static func relative(_ path: [UInt8]) -> [UInt8] {
        Array("./".utf8) + path.drop { $0 == UInt8(ascii: "/") }
    }

    /// The status of a step that found nothing to send: an archive that is empty for another reason is no whole one.
    static let nothingStatus: Int32 = 8

    /// Finds out once which tar the device has; its answer is known to every step as `hf_gnu` and `hf_more`.
    static let setup = """
        hf_gnu= hf_more=
        case $(hf_limited 20 tar --version 2>/dev/null </dev/null) in *GNU*)
        hf_gnu=yes
        hf_more='--sort=name --xattrs --xattrs-include=* --acls'
        set -f
        hf_limited 20 tar --create --file=/dev/null $hf_more --files-from=/dev/null >/dev/null 2>&1 </dev/null || hf_more=
        set +f
        esac
        hf_known="${hf_known}hf_gnu=$hf_gnu hf_more='$hf_more'
        "

        """

    /// Finds out once whether the device can list files with all their times and send those that are named to it.
    ///
    /// Every step knows the answer as `hf_lists`, and the digest of the earlier listing as `hf_seen`.
    static let listingSetup = """
        hf_lists=
        [ -z "$hf_gnu" ] || [ "$(find / -maxdepth 0 -printf '%y%p' 2>/dev/null </dev/null)" != d/ ] || hf_lists=yes
        hf_known="${hf_known}hf_lists=$hf_lists hf_seen=$hf_seen
        "

        """

    /// Which times of a file are sent.
    enum Times {
        /// But for the last access, which reading changes.
        case all
        /// That of its content only; for most files of packages this spares an extended header, two thirds of what a
        /// small file takes.
        case modified

        fileprivate var option: String {
            switch self {
            case .all: "--pax-option=delete=atime "
            case .modified: "--pax-option=delete=atime,delete=ctime "
            }
        }
    }

    private static func step(_ collect: String, excludes: [String], limit: Int) -> ScriptStep {
        archive(of: collect, excludes: excludes, times: .modified, limit: limit)
    }

    /// What is never read, except where a person names something below it: `/dev/shm/work`.
    static func always(besides set: CollectionPlan.PathSet) -> [String] {
        always.filter { pattern in !set.paths.contains { $0.starts(with: pattern.utf8.dropLast()) } }
    }

    /// Sends what `collect` put into the positional parameters, as paths that begin with `./`.
    ///
    /// GNU tar brings sorted names, extended attributes, ACLs and holes where it can; any other tar brings what it has.
    /// - Parameter ending: shell text that runs after tar, with its status in `$?`; nil leaves the shell to tar.
    static func archive(
        of collect: String, excludes: [String], always: [String] = FileStep.always, tool: String = "tar",
        times: Times = .all, limit: Int, readsInput: Bool = false, ending: String? = nil
    ) -> ScriptStep {
        let words = Set(excludes + always).sorted().map { ShellQuoting.word("--exclude=." + $0) }
        // Options may not follow `--`; a list of names on standard input is options.
        let end = readsInput ? "" : "-- "
        let run = ending == nil ? "exec " : ""
        let script = """
            set --
            \(collect)
            [ $# -gt 0 ] || exit \(nothingStatus)
            if [ -z "$hf_gnu" ]; then
            \(run)tar -c -f - -C / -- "$@"
            else
            set -f
            \(run)tar --create --file=- --format=pax --blocking-factor=64 \(times.option)--sparse $hf_more --ignore-failed-read --quoting-style=escape \
            --anchored --wildcards \(words.joined(separator: " ")) --directory=/ \(end)"$@"
            fi
            \(ending ?? "")

            """
        return ScriptStep(
            tool: tool, timeLimit: limit, script: script, prefersRoot: true, readsInput: readsInput)
    }
}
