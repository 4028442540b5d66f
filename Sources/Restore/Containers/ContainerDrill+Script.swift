import RemoteExecution

extension ContainerDrill {
    /// What every drill's program begins with.
    ///
    /// The lock dies with its holder: whoever has it may clear away what earlier ones left.
    static func opening(prefix: String, id: String) -> String {
        #"""
        if [ "$HF_UID" != 0 ]; then echo 'holdfast: a drill on an engine needs root' >&2; exit 77; fi
        umask 077
        HOME=${HOME:-/root}; export HOME
        hf_label=\#(label) hf_id='\#(id)'
        exec 9>/run/holdfast-drill.lock
        if command -v flock >/dev/null 2>&1; then flock -n 9 || { echo 'holdfast: another drill is running on this engine' >&2; exit 75; }; fi
        docker version >/dev/null 2>&1 || { echo 'holdfast: no Docker engine answers' >&2; exit 76; }
        hf_clean() {
        set -- $(docker ps --all --quiet --no-trunc --filter "label=$hf_label")
        [ "$#" = 0 ] || docker rm --force --volumes -- "$@" >/dev/null
        set -- $(docker network ls --quiet --no-trunc --filter "label=$hf_label")
        [ "$#" = 0 ] || docker network rm -- "$@" >/dev/null
        set -- $(docker volume ls --quiet --filter "label=$hf_label")
        [ "$#" = 0 ] || docker volume rm --force -- "$@" >/dev/null
        }
        hf_clean
        \#(ShellTrap.clearing("hf_clean"))
        hf_stop() { printf 'holdfast: %s\n' "$1" >&2; exit 74; }
        hf_root_folder=$(docker info --format '{{.DockerRootDir}}')/volumes
        hf_volume() { docker volume create --label "$hf_label=$hf_id" "$1" >/dev/null || hf_stop 'a scratch volume could not be made'; rmdir -- "$hf_root_folder/$1/_data" && mkdir -m 755 -- "$hf_root_folder/$1/_data" || hf_stop 'a scratch volume is not empty'; }
        hf_network() { docker network create --internal --label "$hf_label=$hf_id" "$1" >/dev/null || hf_stop 'a scratch network could not be made'; }
        \#(TarOptions.function)hf_unpack() {
        ( set -f; exec tar -x -p -f - -C "$hf_root_folder" $(hf_tar) ) || hf_stop 'the data could not be unpacked'
        [ -e "$hf_root_folder/\#(prefix)/_data/complete" ] || hf_stop 'the data did not arrive whole'
        }

        """# + functions
    }

    /// What is done with one container.
    private static var functions: String {
        #"""
        hf_image() {
        if [ -n "$1" ] && docker image inspect -- "$1" >/dev/null 2>&1; then hf_image=$1
        elif docker image inspect -- "$2" >/dev/null 2>&1; then hf_image=$2
        else hf_image=; fi
        }
        hf_failed() { printf 'holdfast: failed %s: %s: %s\n' "$1" "$2" "$(printf %s "$hf_said" | tr '\n\r' '  ')"; }
        hf_make() {
        hf_name=$1 hf_ok=; shift
        if [ -z "$hf_image" ]; then printf 'holdfast: unchecked %s: its image is not on this engine\n' "$hf_name"; return; fi
        if hf_said=$(hf_env | docker "$@" 2>&1); then hf_ok=1; else hf_failed "$hf_name" 'it cannot be made'; fi
        }
        hf_connect() {
        [ -n "$hf_ok" ] || return 0
        hf_said=$(docker "$@" 2>&1 </dev/null) || { hf_ok=; hf_failed "$hf_name" 'it cannot be connected'; }
        }
        hf_log() { docker logs --tail 5 -- "$1" 2>&1 </dev/null | cut -c 1-300 | tr '\n\r' '| '; }
        hf_prove() {
        [ -n "$hf_ok" ] || return 0
        if ! hf_said=$(docker start -- "$2" 2>&1 </dev/null); then hf_failed "$1" 'it does not start'; return; fi
        n=0 hf_well=0
        while :; do
        # An empty line shows whether anybody still listens.
        echo >&2 || exit 143
        hf_said=$(docker inspect --type container --format '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}' -- "$2")
        case "$3 $hf_said" in
        'healthy running healthy') printf 'holdfast: well %s: healthy after %s s\n' "$1" "$n"; return ;;
        'running running '*) hf_well=$((hf_well+1)); if [ "$hf_well" -ge 4 ]; then printf 'holdfast: well %s: it runs\n' "$1"; return; fi ;;
        'healthy running starting') ;;
        *) break ;;
        esac
        n=$((n+1))
        [ "$n" -lt "$4" ] || break
        sleep 1
        done
        printf 'holdfast: failed %s: it is ‘%s’, not %s, after %s s; its last words: %s\n' "$1" "$hf_said" "$3" "$n" "$(hf_log "$2")"
        }

        """#
    }
}
