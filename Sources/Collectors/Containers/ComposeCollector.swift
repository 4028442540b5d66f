import Basics

/// Compose projects with their files: found by the labels of their containers and in the usual folders.
///
/// Known to work with docker-compose 1.29 (whose label `config_files` is relative to `working_dir`), Compose 2 (whose
/// labels are absolute) and podman-compose. Source of each field: the labels `com.docker.compose.*`. The files are the
/// compose files, `.env` beside them, and what they name by `env_file`, `include`, `file` (secrets, configs, extends).
/// A project without containers that lies in no usual folder is not found; folders that are mounted into containers are
/// data and no part of this section.
package enum ComposeCollector: Collector {
    package static let name = "compose"
    package static let summary =
        "Compose projects: services, compose files, environment files, secrets in files."

    private static let listing = "ps --all --quiet --no-trunc --filter label=com.docker.compose.project"
    private static let labels = "inspect --type container --format '{{json .Config.Labels}}'"

    package static let probes = [
        Probe(
            "docker", tool: "docker", timeLimit: 60,
            rootCommand: "/usr/bin/docker ps *, /usr/bin/docker inspect *",
            script: DockerCommand.opening
                + DockerCommand.inspecting("hf_docker " + listing, with: "hf_docker " + labels)),
        Probe(
            "podman", tool: "podman", timeLimit: 60,
            rootCommand: "/usr/bin/podman ps *, /usr/bin/podman inspect *",
            script: PodmanCommand.function + PodmanCommand.leaveWhenUnused
                + DockerCommand.inspecting("hf_root podman " + listing, with: "hf_root podman " + labels)),
    ]

    package static let files = FileSet(discovery: discovery)

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var projects: [String: Project] = [:]
        for probe in ["docker", "podman"] {
            for line in captures.lines(probe) where !line.isEmpty {
                guard let labels = try? JSONParser.parse(line) else {
                    guard captures.byProbe[probe]?.outcome == .exited(0) else { continue }
                    throw CollectorError(probe: probe, "expected the labels of a container as JSON")
                }
                guard let name = labels[Project.label]?.string else { continue }
                projects[name, default: Project()].add(labels)
            }
        }
        return Inventory(projects.map { InventoryItem("compose-project", $0, $1.fields) })
    }

    /// What the containers of one project tell about it.
    private struct Project {
        static let label = "com.docker.compose.project"
        var folders: Set<String> = []
        var files: Set<String> = []
        var versions: Set<String> = []
        var services: [String: Int64] = [:]

        mutating func add(_ labels: JSONValue) {
            func text(_ key: String) -> String { labels["com.docker.compose." + key]?.string ?? "" }
            let folder = text("project.working_dir")
            folders.insert(folder)
            versions.insert(text("version"))
            for key in ["project.config_files", "project.environment_file"] {
                for file in text(key).split(separator: ",") where file != "-" {
                    files.insert(file.hasPrefix("/") ? String(file) : folder + "/" + file)
                }
            }
            guard text("oneoff").lowercased() != "true" else { return }
            services[text("service"), default: 0] += 1
        }

        var fields: [String: JSONValue] {
            func list(_ values: Set<String>) -> JSONValue {
                .array(values.filter { !$0.isEmpty }.sorted().map { .string($0) })
            }
            let fields: [String: JSONValue] = [
                "folders": list(folders), "files": list(files), "versions": list(versions),
                "services": .object(services.mapValues { .int($0) }),
            ]
            return fields.filter { !$0.value.isUnset }
        }
    }

    /// Three lines for each container.
    private static let labelTemplate = ["working_dir", "config_files", "environment_file"]
        .map { "{{index .Config.Labels \"com.docker.compose.project.\($0)\"}}" }.joined(
            separator: "{{\"\\n\"}}")

    /// Prints regular files only, so that no compose file can name a folder or device for the backup to swallow.
    private static let discovery =
        DockerCommand.function + PodmanCommand.function + """
            set +f
            unset IFS
            hf_read() { cat -- "$1" 2>/dev/null || hf_root cat -- "$1" 2>/dev/null; }
            hf_named() {
            awk '
            function say(v) {
            sub(/[ \\t]+#.*$/, "", v)
            gsub(/^[ \\t"\\047]+|[ \\t"\\047,]+$/, "", v)
            if (v != "" && v !~ /[$]/ && v !~ /^[~|>{]/) print v
            }
            { sub(/\\r$/, "") }
            /^[ \\t]*(#|$)/ { next }
            /^[ \\t]*(-[ \\t]+)?(env_file|label_file|include|file)[ \\t]*:/ {
            many = ($0 !~ /^[ \\t]*(-[ \\t]+)?file[ \\t]*:/)
            v = $0; sub(/^[^:]*:[ \\t]*/, "", v); list = 0
            if (v ~ /^\\[/) { gsub(/[][]/, "", v); n = split(v, part, ","); for (i = 1; i <= n; i++) say(part[i]) }
            else if (v == "" || v ~ /^#/) list = many
            else say(v)
            next
            }
            list && /^[ \\t]*(-[ \\t]*)?path[ \\t]*:/ { v = $0; sub(/^[^:]*:[ \\t]*/, "", v); say(v); next }
            list && /^[ \\t]*-/ { v = $0; sub(/^[ \\t]*-[ \\t]*/, "", v); if (v !~ /:[ \\t]/) say(v); next }
            list && /^[ \\t]*(required|format|project_directory)[ \\t]*:/ { next }
            { list = 0 }
            '
            }
            hf_project() {
            printf '%s\\n' "$2" "$1/.env"
            hf_read "$2" | hf_named | while IFS= read -r name; do
            case $name in /*) printf '%s\\n' "$name" ;; *) printf '%s/%s\\n' "$1" "$name" ;; esac
            done
            }
            hf_each() {
            while IFS= read -r folder && IFS= read -r files && IFS= read -r more; do
            set -f
            IFS=,
            set -- $files $more
            unset IFS
            set +f
            for file do
            case $file in /*) ;; *) file=$folder/$file ;; esac
            hf_project "$folder" "$file"
            done
            done
            }
            hf_labelled() {
            if [ "$1" = docker ]; then hf_run=hf_docker
            elif hf_podman_used; then hf_run="hf_root podman"
            else return 0; fi
            ids=$($hf_run ps --all --quiet --no-trunc --filter label=com.docker.compose.project) || return 0
            [ -n "$ids" ] || return 0
            set -- $ids
            $hf_run inspect --type container --format '\(labelTemplate)' -- "$@"
            }
            hf_usual() {
            for folder in /opt /opt/* /opt/*/* /srv /srv/* /srv/*/* /root /root/* /home/* /home/*/* /docker /docker/* \
            /data/coolify/* /data/coolify/*/* /mnt/user/appdata/* /boot/config/plugins/compose.manager/projects/*; do
            for file in "$folder"/docker-compose*.yml "$folder"/docker-compose*.yaml \
            "$folder"/compose*.yml "$folder"/compose*.yaml; do
            [ ! -f "$file" ] || hf_project "$folder" "$file"
            done
            done
            }
            {
            for engine in docker podman; do
            ! command -v "$engine" >/dev/null 2>&1 || hf_labelled "$engine" | hf_each
            done
            hf_usual
            } | sort -u | while IFS= read -r path; do
            [ -f "$path" ] || continue
            case $path in
            */./* | */../*) parent=$(cd -P -- "${path%/*}" && pwd) && path=$parent/${path##*/} ;;
            esac
            printf '%s\\n' "$path"
            [ ! -L "$path" ] || readlink -f -- "$path"
            done | sort -u

            """
}
