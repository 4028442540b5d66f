import RemoteExecution

/// Composes the steps that send files as one tar stream.
enum FileStep {
    /// Seconds a stream of configuration files may take.
    private static let configurationLimit = 300
    /// Seconds a stream of own paths may take.
    private static let dataLimit = 86_400

    /// Files matching fixed patterns of the collectors; the patterns are expanded on the device.
    static func patterns(_ patterns: [String], excludes: [String]) -> ScriptStep {
        let sorted = Set(patterns).sorted().joined(separator: " ")
        let collect = """
            for p in \(sorted); do
            if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "./${p#/}"; fi
            done

            """
        return step(collect, excludes: excludes, limit: configurationLimit)
    }

    /// Files whose absolute paths `discovery` prints, one a line.
    static func discovered(by discovery: String, excludes: [String]) -> ScriptStep {
        let collect = """
            hf_discover() {
            \(discovery)
            }
            IFS='
            '
            set -f
            for p in $(hf_discover); do
            case $p in /*) if [ -e "$p" ] || [ -L "$p" ]; then set -- "$@" "./${p#/}"; fi ;; esac
            done
            set +f
            unset IFS

            """
        return step(collect, excludes: excludes, limit: configurationLimit)
    }

    /// Own paths, taken literally; one that does not exist is told by its number.
    static func literal(_ set: CollectionPlan.PathSet) -> ScriptStep {
        var collect = ""
        for (index, path) in set.paths.enumerated() {
            let word = String(decoding: ShellQuoting.word(path), as: UTF8.self)
            let relative = String(decoding: ShellQuoting.word(relative(path)), as: UTF8.self)
            collect += "if [ -e \(word) ] || [ -L \(word) ]; then set -- \"$@\" \(relative)\n"
            collect += "else echo 'holdfast: missing \(index)' >&2; fi\n"
        }
        return step(collect, excludes: set.excludes, limit: dataLimit)
    }

    /// `/etc/hosts` as `./etc/hosts`, so that no name is ever taken for an option.
    private static func relative(_ path: [UInt8]) -> [UInt8] {
        Array("./".utf8) + path.drop { $0 == UInt8(ascii: "/") }
    }

    /// GNU tar brings sorted names, extended attributes, ACLs and holes where it can; any other tar brings what it has.
    private static func step(_ collect: String, excludes: [String], limit: Int) -> ScriptStep {
        let always = ["/proc/*", "/sys/*", "/dev/*", "/run/*"]
        let words = Set(excludes + always).sorted().map { ShellQuoting.word("--exclude=." + $0) }
        let script = """
            set --
            \(collect)
            [ $# -gt 0 ] || exit 0
            case $(tar --version 2>/dev/null) in
            *GNU*)
            hf_more='--sort=name --xattrs --xattrs-include=* --acls'
            set -f
            tar --create --file=/dev/null $hf_more --files-from=/dev/null 2>/dev/null || hf_more=
            exec tar --create --file=- --format=pax --sparse $hf_more --ignore-failed-read --quoting-style=escape \
            --warning=no-file-ignored --anchored --wildcards \(words.joined(separator: " ")) --directory=/ -- "$@" ;;
            *) exec tar -c -f - -C / -- "$@" ;;
            esac

            """
        return ScriptStep(tool: "tar", timeLimit: limit, script: script, prefersRoot: true)
    }
}
