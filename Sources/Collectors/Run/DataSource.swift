package import RemoteExecution

/// Data of applications that is only read when a person asks for it: large, and perhaps in use.
package struct DataSource: Sendable {
    /// The section's name.
    package let name: String
    /// What the section holds, as one sentence for people.
    package let summary: String
    /// The step that sends it as one tar stream.
    package let step: ScriptStep

    /// All sources, sorted by name.
    ///
    /// - Parameter stopSeconds: stops running containers while their data is read, for that long at most; nil leaves
    ///   them running.
    package static func all(stopSeconds: Int?) -> [DataSource] {
        [
            DataSource(
                name: "container-data", summary: "Contents of Docker volumes and bind mounts.",
                step: ContainerData.step(stopSeconds: stopSeconds)),
            DataSource(
                name: "incus-data", summary: "Exports of Incus instances.",
                step: InstanceData.step(client: "incus")),
            DataSource(
                name: "lxd-data", summary: "Exports of LXD instances.", step: InstanceData.step(client: "lxc")
            ),
        ]
    }

    /// The source of a daemon's exports, which takes these instances and no others; nil for what holds no exports.
    package static func exports(_ name: String, of instances: Set<String>) -> DataSource? {
        let clients = ["incus-data": "incus", "lxd-data": "lxc"]
        guard let client = clients[name], let source = all(stopSeconds: nil).first(where: { $0.name == name })
        else { return nil }
        return DataSource(
            name: name, summary: source.summary, step: InstanceData.step(client: client, only: instances))
    }
}

/// Composes the step that sends volumes and bind mounts.
enum ContainerData {
    private static let timeLimit = 86_400

    /// Prints the absolute path of every local volume and bind mount that is a folder or an ordinary file, without a link
    /// in it; the links that lead there come before.
    static let discovery = """
        hf_binds() {
        hf_names=$(hf_docker ps --all --quiet --no-trunc) || return
        [ -n "$hf_names" ] || return 0
        hf_docker inspect --type container \
        --format '{{range .Mounts}}{{if eq .Type "bind"}}{{println .Source}}{{end}}{{end}}' -- $hf_names
        }
        hf_volumes() {
        hf_names=$(hf_docker volume ls --quiet) || return
        [ -n "$hf_names" ] || return 0
        hf_docker volume inspect --format '{{if eq .Driver "local"}}{{.Mountpoint}}{{end}}' -- $hf_names
        }
        # Links on the way that the engine goes are data too; what they lead to is kept under its own path.
        hf_way() {
        hf_path=$1 hf_links=0
        while :; do
        hf_at= hf_rest=${hf_path#/} hf_link=
        while [ -n "$hf_rest" ]; do
        hf_part=${hf_rest%%/*}
        case $hf_rest in */*) hf_rest=${hf_rest#*/} ;; *) hf_rest= ;; esac
        case $hf_part in ''|.) continue ;; ..) hf_at=${hf_at%/*}; continue ;; esac
        hf_at=$hf_at/$hf_part
        if [ -L "$hf_at" ]; then hf_link=$hf_at; break; fi
        done
        [ -n "$hf_link" ] || break
        hf_links=$((hf_links+1)); [ "$hf_links" -le 40 ] || return 0
        printf '%s\\n' "$hf_link"
        hf_to=$(readlink -- "$hf_link") || return 0
        case $hf_to in /*) ;; *) hf_to=${hf_link%/*}/$hf_to ;; esac
        hf_path=$hf_to${hf_rest:+/$hf_rest}
        done
        if hf_holds "$hf_at"; then printf '%s\\n' "$hf_at"; fi
        }
        hf_holds() {
        case $1 in
        /|/proc|/proc/*|/sys|/sys/*|/dev|/dev/*|/run|/run/*|/var/run|/var/run/*|/var/lib/docker) return 1 ;;
        esac
        [ -d "$1" ] || [ -f "$1" ]
        }
        # The engine names its volumes by paths without a link.
        hf_all=$(hf_volumes) && hf_more=$(hf_binds) || { echo 'holdfast: the list of volumes could not be read' >&2; exit 1; }
        for p in $hf_all; do if hf_holds "$p"; then printf '%s\\n' "$p"; fi; done
        for p in $hf_more; do if hf_holds "$p"; then hf_way "$p"; fi; done

        """

    /// Seconds that a container has until it is killed.
    private static let stopTime = 30

    /// Stops what runs and starts it again, whatever happens.
    ///
    /// A guard in a session of its own waits until this shell is gone, however it went, or the time is up, and starts
    /// the containers; starting one that runs does nothing. Whoever started containers while others were still being
    /// stopped starts them again afterwards. The engine goes on stopping when the client that asked for it is gone: then
    /// they are started until it must be through with that. Nothing is stopped by an account that may not start it.
    private static func stopping(_ seconds: Int) -> String {
        """
        hf_stop= hf_order= hf_as= hf_guarding=
        hf_running=$(hf_docker ps --quiet --no-trunc --filter status=running) || exit
        hf_kept=
        if [ -n "$hf_running" ]; then
        # One that is removed when it stops must not be stopped.
        hf_kept=$(hf_docker inspect --type container --format '{{if .HostConfig.AutoRemove}}{{.Name}}{{end}}' -- $hf_running) || exit
        hf_running=$(hf_docker inspect --type container --format '{{if not .HostConfig.AutoRemove}}{{.Id}}{{end}}' -- $hf_running) || exit
        fi
        if [ -n "$hf_running" ]; then
        for i in $hf_running; do hf_order="$i
        $hf_order"; done
        if [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
        hf_as='sudo -n --'
        sudo -n -l -- docker start -- $hf_order >/dev/null 2>&1 || {
        echo 'holdfast: needs root: docker start' >&2; exit 77; }
        fi
        hf_start() { hf_docker start -- $hf_order >/dev/null 2>&1; }
        hf_restart() {
        hf_start
        if kill -0 "$hf_stop" 2>/dev/null; then wait "$hf_stop"; hf_start; fi
        }
        hf_guard='trap "" HUP INT TERM PIPE; p=$1; n=$2; s=$3; as=$4; b=$(date +%s); shift 4
        while [ "$n" -gt 0 ] && kill -0 "$p" 2>/dev/null; do sleep 1; n=$((n-1)); done
        $as docker start -- "$@"
        while kill -0 "$s" 2>/dev/null; do sleep 1; done
        until kill -0 "$p" 2>/dev/null || [ $(($(date +%s) - b)) -gt \(stopTime + 10) ]; do
        $as docker start -- "$@"; sleep 2
        done
        kill -0 "$p" 2>/dev/null || exec $as docker start -- "$@"'
        hf_since=$(date +%s)
        \(ShellTrap.clearing("hf_restart"))
        hf_docker stop --time \(stopTime) -- $hf_running >/dev/null & hf_stop=$!
        setsid /bin/sh -c "$hf_guard" guard $$ \(seconds) "$hf_stop" "$hf_as" $hf_order </dev/null >/dev/null 2>&1 & hf_guarding=$!
        # An empty line shows whether anybody still listens.
        while kill -0 "$hf_stop" 2>/dev/null; do echo >&2 || exit 143; sleep 0.2 2>/dev/null || sleep 1; done
        wait "$hf_stop" || exit 1
        fi

        """
    }

    /// Says so when the guard had to start containers before the copy was complete, and when they do not start.
    private static func ending(_ seconds: Int) -> String {
        """
        hf_status=$?
        for i in $hf_kept; do
        echo "holdfast: the container ${i#/} went on, as it would be removed when stopped: its data may be of several moments" >&2; hf_status=74
        done
        if [ -n "$hf_running" ]; then
        if [ $(($(date +%s) - hf_since)) -ge \(seconds) ]; then
        echo 'holdfast: the containers were started before the copy was complete' >&2; hf_status=75
        fi
        if hf_start; then kill -9 "$hf_guarding" 2>/dev/null
        else echo 'holdfast: not all containers could be started again' >&2; hf_status=76; fi
        fi
        exit "$hf_status"

        """
    }

    static func step(stopSeconds: Int?) -> ScriptStep {
        let collect =
            DockerCommand.function + """
                IFS='
                '
                set -f
                \(stopSeconds.map(stopping) ?? "")
                hf_paths=$(
                \(discovery)
                ) || exit
                for p in $hf_paths; do set -- "$@" "./${p#/}"; done
                set +f
                unset IFS

                """
        return FileStep.archive(
            of: collect, excludes: [], tool: "docker", limit: timeLimit, ending: stopSeconds.map(ending))
    }
}

/// Composes the step that exports LXD or Incus instances.
///
/// The client writes an export to a file only, so that a private folder on the device is unavoidable; it is removed
/// whatever happens.
enum InstanceData {
    /// - Parameter only: the instances that are exported where they are there; nil for all.
    static func step(client: String, only: Set<String>? = nil) -> ScriptStep {
        // No name of an instance holds a space.
        let chosen = only.map { names in
            let list = " \(names.sorted().joined(separator: " ")) "
            return "case \(ShellQuoting.word(list)) in *\" $n \"*) ;; *) continue ;; esac\n"
        }
        let script = """
            d=$(mktemp -d /var/tmp/holdfast.XXXXXXXX) || exit 1
            \(ShellTrap.clearing(#"rm -rf "$d""#))
            # The client makes a folder for its settings wherever it is told.
            export LXD_CONF="$d/client" INCUS_CONF="$d/client"
            mkdir "$d/\(client)-export"
            names=$(\(client) list --format csv -c n </dev/null) || exit 1
            [ -n "$names" ] || exit 0
            status=0
            for n in $names; do
            \(chosen ?? "")\(client) export "$n" "$d/\(client)-export/$n.tar.gz" </dev/null >/dev/null || {
            echo "tar: ./\(client)-export/$n.tar.gz: could not be exported" >&2; status=1; }
            done
            tar -c -f - -C "$d" "./\(client)-export" || status=$?
            exit "$status"

            """
        return ScriptStep(tool: client, timeLimit: 86_400, script: script, prefersRoot: true)
    }
}
