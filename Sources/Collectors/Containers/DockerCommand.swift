/// Shell text shared by the Docker collectors.
enum DockerCommand {
    /// Leaves with status 127 where there is a client without an engine: no socket, and no engine's data either.
    private static let leaveWithoutEngine = """
        if [ ! -S /var/run/docker.sock ] && [ ! -d /var/lib/docker ] && [ -z "${DOCKER_HOST:-}" ]; then
        echo 'there is a docker client, and no engine' >&2; exit 127
        fi

        """

    /// Defines `hf_docker`, which runs `docker` as it is when the account may use the daemon's socket, else as root.
    static let function = """
        hf_docker() {
        if [ -w /var/run/docker.sock ] || [ ! -S /var/run/docker.sock ]; then docker "$@"
        else hf_root docker "$@"; fi
        }

        """

    /// What a probe begins with: an engine has to be there, and `hf_docker` is defined.
    ///
    /// A client without an engine counts as not installed.
    static let opening = leaveWithoutEngine + function

    /// Inspects everything `list` prints, one name a line, in one call.
    ///
    /// What is listed may be gone a moment later, which makes the inspection fail: then both are done again, three
    /// times at most. The words of `list` and `inspect` are fixed; listed names reach only the argument list.
    static func inspecting(_ list: String, with inspect: String) -> String {
        """
        n=0
        while :; do
        names=$(\(list)) || exit
        [ -n "$names" ] || exit 0
        IFS='
        '
        set -f
        set -- $names
        out=$(\(inspect) -- "$@") && break
        status=$?
        n=$((n + 1))
        if [ "$n" -ge 3 ]; then printf '%s\\n' "$out"; exit "$status"; fi
        unset IFS
        done
        printf '%s\\n' "$out"
        """
    }
}
