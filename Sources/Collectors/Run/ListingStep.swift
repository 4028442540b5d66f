import Basics
import RemoteExecution

/// Composes the steps that list files first and send only those that are asked for.
enum ListingStep {
    /// The configuration of a machine: what collectors name and what they find.
    struct Configuration {
        let patterns: [String]
        let excludes: [String]
        /// What collectors find, by the number that marks it in the listing.
        var discoveries: [(source: Int, files: FileSet)] = []
    }

    /// The status of a listing that leaves nothing to be asked for.
    static let knownStatus: Int32 = 10
    /// The status where the device cannot list.
    static let unableStatus: Int32 = 9

    /// Test in the script's own shell: files are listed first.
    static let lists = #"[ -n "$hf_lists" ]"#
    /// Test in the script's own shell: files are not listed, so that all are sent.
    static let listsNot = #"[ -z "$hf_lists" ]"#
    private static let statusName = "hf_listed"

    /// Lists configuration and own paths with what tells a changed file from an unchanged one.
    ///
    /// The configuration is hashed first: where the result is what the script brought with it, a mark stands in its
    /// place.
    static func listing(
        _ configuration: Configuration?, own: (source: Int, set: CollectionPlan.PathSet)?
    ) -> ScriptStep {
        var script = """
            [ -n "$hf_lists" ] || exit \(unableStatus)
            cd / || exit 1
            printf '@%s\\0' "$(date '+%s %N')"
            hf_end=0 hf_same=0

            """
        if let configuration { script += listing(configuration, isAlone: own == nil) }
        script += "printf '=\\0'\n"
        if let own { script += listing(own.set, source: own.source) }
        script += "[ \"$hf_end\" = 0 ] || exit \"$hf_end\"\nexit \"$hf_same\"\n"
        return ScriptStep(
            tool: "find", timeLimit: FileStep.dataLimit, script: script, prefersRoot: true,
            statusName: statusName)
    }

    private static func listing(_ configuration: Configuration, isAlone: Bool) -> String {
        var body = find(
            FileStep.naming(configuration.patterns), excludes: configuration.excludes + FileStep.always,
            source: 0)
        var found = ""
        for (source, files) in configuration.discoveries {
            guard let discovery = files.discovery else { continue }
            found += """
                hf_discover() {
                \(discovery)
                }
                hf_found_\(source)=$(hf_discover)
                set +f
                unset IFS

                """
            let shared = files.overlap.map {
                FileStep.Shared(
                    folder: $0, patterns: configuration.patterns, excludes: configuration.excludes)
            }
            body += find(
                FileStep.naming(linesOf: "$hf_found_\(source)", besides: shared),
                excludes: files.excludes + FileStep.always, source: source)
        }
        return """
            \(found)hf_configuration() {
            hf_failed=0
            \(body)return "$hf_failed"
            }
            if [ -n "$hf_seen" ]; then
            hf_sum=$(hf_configuration 2>&1 | sha256sum 2>/dev/null)
            case $hf_sum in "$hf_seen"*) hf_same=\(knownStatus) ;; esac
            fi
            if [ "$hf_same" = 0 ]; then hf_configuration || hf_end=$?; else printf '~\\0'; fi
            \(isAlone ? "" : "hf_same=0\n")
            """
    }

    private static func listing(_ own: CollectionPlan.PathSet, source: Int) -> String {
        "hf_failed=0\n"
            + find(
                FileStep.literals(own), excludes: own.excludes + FileStep.always(besides: own),
                source: source)
            + "[ \"$hf_failed\" = 0 ] || hf_end=$hf_failed\n"
    }

    /// Lists what `collect` puts into the positional parameters and all below it.
    private static func find(_ collect: String, excludes: [String], source: Int) -> String {
        let prune = Set(excludes).sorted()
            .map { "-path \(ShellQuoting.word("." + $0)) -prune -o" }.joined(separator: " ")
        return """
            set --
            \(collect)
            [ $# = 0 ] || find "$@" \(prune) -printf '\(ListedFile.format(source: source))' || hf_failed=$?

            """
    }

    /// Sends what standard input names.
    static var selected: ScriptStep {
        FileStep.archive(
            of: "set -- --null --no-recursion --files-from=-\n", excludes: [], always: [], times: .modified,
            limit: FileStep.dataLimit, readsInput: true
        ).when("\(lists) && [ \"$\(statusName)\" != \(knownStatus) ]")
    }
}
