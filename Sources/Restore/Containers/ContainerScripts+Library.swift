extension ContainerScripts {
    /// Functions of all programs.
    ///
    /// What is undone depends on what the engine holds: a note only says that a name was free before.
    static let library = #"""
        DOCKER_CONFIG=${DOCKER_CONFIG:-/root/.docker}
        HOME=${HOME:-/root}
        LXD_CONF=$D/client INCUS_CONF=$D/client
        export DOCKER_CONFIG HOME LXD_CONF INCUS_CONF
        hf_bad=0
        hf_engine() {
        n=0
        until docker version >/dev/null 2>&1; do
        n=$((n+1)); [ "$n" -lt 60 ] || { echo 'holdfast: no Docker engine answers' >&2; return 1; }
        sleep 1
        done
        }
        hf_id() { docker inspect --type container --format '{{.Id}}' -- "$1" 2>/dev/null; }
        hf_image() {
        if [ -n "$1" ] && ! docker image inspect -- "$1" >/dev/null 2>&1; then
        hf_said=$(hf_limited 1800 docker pull --quiet -- "$1" 2>&1 </dev/null) || hf_fail "the image $1 could not be pulled: $hf_said"
        fi
        [ -z "$3" ] || docker tag "$2" "$3" || hf_fail "the image $3 could not be named"
        }
        hf_remember() {
        if [ ! -e "$D/ran" ]; then
        for c do
        if [ "$(docker inspect --type container --format '{{.State.Running}}' -- "$c" 2>/dev/null)" = true ]; then printf '%s\n' "$c"; fi
        done >"$D/ran.new"
        mv -f "$D/ran.new" "$D/ran" && hf_sync "$D" || hf_fail 'what runs could not be written down'
        fi
        }
        hf_remembered() { [ ! -s "$D/ran" ] || while IFS= read -r c; do "$@" "$c" </dev/null; done <"$D/ran"; }
        # All at once, each with the time that it was given itself.
        hf_stop() {
        : >"$D/unstopped"
        for c do
        hf_time=$(docker inspect --type container --format '{{.Config.StopTimeout}}' -- "$c" 2>/dev/null)
        case $hf_time in ''|*[!0-9]*|?????*) hf_time=30 ;; esac
        { hf_said=$(docker stop --time "$hf_time" -- "$c" 2>&1) || printf '%s\n' "$hf_said" >>"$D/unstopped"; } </dev/null &
        done
        wait
        [ ! -s "$D/unstopped" ] || hf_fail "a container could not be stopped: $(head -n 1 "$D/unstopped")"
        }
        hf_stays_down() { docker update --restart=no -- "$1" >/dev/null || hf_fail 'the restart policy of a container could not be set'; }
        hf_aside() {
        docker rename -- "$1" "$2" || hf_fail "a container could not be set aside as $2"
        }
        hf_network() {
        hf_name=$1; shift
        if docker network inspect -- "$hf_name" >/dev/null 2>&1; then hf_fail "the network $hf_name has come into being meanwhile"; fi
        hf_note "network $hf_name"
        hf_said=$(docker "$@" 2>&1) || hf_fail "the network $hf_name could not be made: $hf_said"
        }
        hf_volume() {
        hf_name=$1 hf_at=$2 hf_new=$3; shift 3
        if docker volume inspect -- "$hf_name" >/dev/null 2>&1; then hf_fail "the volume $hf_name has come into being meanwhile"; fi
        hf_note "volume $hf_name"
        hf_said=$(docker "$@" 2>&1) || hf_fail "the volume $hf_name could not be made: $hf_said"
        [ -n "$hf_new" ] || return 0
        hf_said=$(docker volume inspect --format '{{.Mountpoint}}' -- "$hf_name")
        [ "$hf_said" = "$hf_at" ] || hf_fail "the engine keeps the volume $hf_name at $hf_said, not at $hf_at"
        rmdir -- "$hf_at" && mv -- "$hf_new" "$hf_at" || hf_fail "the volume $hf_name could not be filled"
        hf_sync "${hf_at%/*}"
        }
        # What a volume holds is replaced whole, whatever it is.
        hf_refill() { hf_looked=$2; hf_replace "$@"; hf_sync "${2%/*}"; }
        hf_comes() {
        if hf_id "$1" >/dev/null; then hf_fail "the container $1 has come into being meanwhile"; fi
        hf_note "container $1"
        }
        hf_create() {
        hf_name=$1; shift
        hf_comes "$hf_name"
        hf_said=$(hf_env | docker "$@" 2>&1) || hf_fail "the container $hf_name could not be made: $hf_said"
        }
        hf_connect() { hf_said=$(docker "$@" 2>&1) || hf_fail "a container could not be connected: $hf_said"; }
        hf_start() { hf_said=$(docker start -- "$1" 2>&1) || hf_fail "the container $1 does not start: $hf_said"; }
        # What stood still before the run is stopped again before its files go.
        hf_begin() { hf_note "started $1"; hf_start "$1"; }
        hf_unbegin() {
        hf_ran=
        for c do
        if hf_noted "started $c"; then hf_ran="$hf_ran $(hf_id "$c")"; fi
        done
        ( hf_stop $hf_ran ) >/dev/null 2>&1 || :
        }
        hf_compose_is() {
        [ -n "$1" ] || return 1
        case $(docker compose version --short 2>/dev/null) in "$1".*|v"$1".*) hf_compose=plugin; return 0 ;; esac
        case $(docker-compose version --short 2>/dev/null) in "$1".*|v"$1".*) hf_compose=own; return 0 ;; esac
        return 1
        }
        hf_up() {
        cd -- "$1" || hf_fail "$1 is not there"
        shift
        if [ "$hf_compose" = plugin ]; then set -- docker compose "$@"; else set -- docker-compose "$@"; fi
        hf_said=$(hf_limited 900 "$@" 2>&1 </dev/null) || { hf_said=$(printf '%s' "$hf_said" | tail -n 5 | tr '\n\r' '  '); hf_fail "compose could not bring it up: $hf_said"; }
        cd /
        }
        hf_log() { docker logs --tail 5 -- "$1" 2>&1 </dev/null | cut -c 1-300 | tr '\n\r' '| '; }
        # Name, what it must be, for how long that may take, and for how many seconds it must be well.
        hf_proof() {
        n=0 hf_well=0 hf_times=
        while :; do
        # Where another one failed all goes back, whatever becomes of this.
        [ ! -s "$D/unproven" ] || return 0
        hf_said=$(docker inspect --type container --format '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.RestartCount}}' -- "$1" 2>&1) || hf_fail "the container $1 is not there"
        # One that the engine starts again and again runs each time it is asked.
        [ "$hf_times" = "${hf_said##* }" ] || hf_well=0
        hf_times=${hf_said##* }
        case $hf_said in
        'running healthy '*) return 0 ;;
        'running none '*) hf_well=$((hf_well+1)); [ "$hf_well" -lt "$4" ] || return 0 ;;
        'running starting '*|'running unhealthy '*)
        if [ "$2" = running ]; then hf_well=$((hf_well+1)); [ "$hf_well" -lt "$4" ] || return 0
        else case $hf_said in *unhealthy*) break ;; esac; fi ;;
        exited*|dead*) hf_well=0; [ "$n" -lt 3 ] || break ;;
        *) hf_well=0; case ${hf_said##* } in 0|1|2) ;; *) break ;; esac ;;
        esac
        n=$((n+1))
        [ "$n" -lt "$3" ] || break
        sleep 1
        done
        hf_said=${hf_said% *}
        hf_fail "the container $1 is ‘${hf_said% none}’, not $2, after $n s; its last words: $(hf_log "$1")"
        }
        # Many are looked at at once: `hf_watch` begins with one, `hf_watched` waits for all.
        hf_watch() { { hf_said=$( ( hf_proof "$@" ) 2>&1 ) || printf '%s\n' "${hf_said#holdfast: }" >>"$D/unproven"; } </dev/null & }
        hf_watched() {
        wait
        [ ! -s "$D/unproven" ] || hf_fail "$(head -n 3 "$D/unproven")"
        }
        hf_part() {
        hf_client=$1 hf_kind=$2 hf_name=$3 hf_text=$4; shift 4
        if "$hf_client" "$hf_kind" show "$hf_name" >/dev/null 2>&1 </dev/null; then hf_fail "the $hf_kind $hf_name of $hf_client has come into being meanwhile"; fi
        hf_note "$hf_kind $hf_client $hf_name"
        hf_said=$(hf_limited 600 "$hf_client" --quiet "$@" 2>&1 </dev/null) || hf_fail "the $hf_kind $hf_name of $hf_client could not be made: $hf_said"
        [ -n "$hf_text" ] || return 0
        hf_said=$(printf '%s\n' "$hf_text" | "$hf_client" --quiet "$hf_kind" edit "$hf_name" 2>&1) || hf_fail "the $hf_kind $hf_name of $hf_client could not be set: $hf_said"
        }
        hf_unpart() {
        hf_noted "$2 $1 $3" || return 0
        "$1" "$2" show "$3" >/dev/null 2>&1 </dev/null || return 0
        "$1" "$2" delete "$3" >/dev/null </dev/null || hf_bad=1
        }
        hf_import() {
        if "$1" info "$2" >/dev/null 2>&1 </dev/null; then hf_fail "the instance $2 has come into being meanwhile"; fi
        hf_note "instance $1 $2"
        hf_said=$(hf_limited 3600 "$1" --quiet import "$3" 2>&1 </dev/null) || hf_fail "the instance $2 could not be imported: $hf_said"
        rm -f -- "$3"
        [ "$4" = up ] || return 0
        hf_said=$("$1" start "$2" 2>&1 </dev/null) || hf_fail "the instance $2 does not start: $hf_said"
        }
        hf_unimport() {
        hf_noted "instance $1 $2" || return 0
        "$1" info "$2" >/dev/null 2>&1 </dev/null || return 0
        "$1" delete --force "$2" >/dev/null </dev/null || hf_bad=1
        }
        hf_halt() {
        hf_note "halted $1 $2"
        hf_said=$("$1" stop --force "$2" 2>&1 </dev/null) || case $("$1" info "$2" 2>/dev/null </dev/null) in *[Ss]topped*|*STOPPED*) ;; *) hf_fail "the instance $2 could not be stopped: $hf_said" ;; esac
        }
        hf_unhalt() { hf_noted "halted $1 $2" || return 0; "$1" start "$2" >/dev/null 2>&1 </dev/null || hf_bad=1; }
        hf_unmake() {
        hf_noted "container $1" || return 0
        hf_now=$(hf_id "$1") || return 0
        [ "$hf_now" != "$2" ] || return 0
        docker rm --force -- "$hf_now" >/dev/null || hf_bad=1
        }
        hf_stop_remembered() {
        [ -s "$D/ran" ] || return 0
        hf_ran=; while IFS= read -r c; do hf_ran="$hf_ran $c"; done <"$D/ran"
        ( hf_stop $hf_ran ) >/dev/null 2>&1 || :
        }
        hf_unvolume() {
        hf_noted "volume $1" || return 0
        docker volume inspect -- "$1" >/dev/null 2>&1 || return 0
        docker volume rm -- "$1" >/dev/null || hf_bad=1
        }
        hf_unnetwork() {
        hf_noted "network $1" || return 0
        docker network inspect -- "$1" >/dev/null 2>&1 || return 0
        docker network rm -- "$1" >/dev/null || hf_bad=1
        }
        hf_unghost() {
        for v do
        if hf_there "$v"; then continue; fi
        docker volume inspect -- "${v##*/}" >/dev/null 2>&1 || continue
        docker volume rm -- "${v##*/}" >/dev/null || :
        done
        }
        hf_home() {
        hf_said=$(docker inspect --type container --format '{{.Name}}' -- "$2") || { hf_bad=1; return; }
        if [ "$hf_said" != "/$1" ]; then docker rename -- "$2" "$1" || hf_bad=1; fi
        docker update --restart="$3" -- "$2" >/dev/null || hf_bad=1
        }
        hf_start_again() { docker start -- "$1" >/dev/null || hf_bad=1; }
        hf_start_remembered() { hf_remembered hf_start_again; }
        hf_forget() {
        hf_said=$(docker inspect --type container --format '{{.Name}}' -- "$1" 2>/dev/null) || return 0
        if [ "$hf_said" = "/$2" ]; then docker rm -- "$1" >/dev/null || :; fi
        }

        """#
}
