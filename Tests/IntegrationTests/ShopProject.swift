import Basics
import TestSupport
import Testing

/// A compose project as people have them: PostgreSQL on a named volume, a program that waits for it, a network with fixed
/// addresses, a secret in `.env`, a health check, bind mounts.
struct ShopProject {
    static let secret = "Kx93-planted-secret"
    static let rows = 4321

    let machine: TestMachine

    /// The project as it is on another machine.
    init(on machine: TestMachine) { self.machine = machine }

    /// Starts a machine with the project on it, healthy and with its rows.
    init() throws {
        machine = try TestMachine()
        try machine.importImage(.postgres)
        try machine.importImage(.busybox)
        try machine.run(Self.setup)
    }

    private static let setup = #"""
        set -e
        mkdir -p /opt/shop/settings
        cd /opt/shop
        printf 'POSTGRES_PASSWORD=Kx93-planted-secret\n' >.env; chmod 600 .env
        echo 'listen = all' >settings/shop.conf
        cat >start.sh <<'END'
        #!/bin/sh
        D=/var/lib/postgresql/data
        [ -n "$POSTGRES_PASSWORD" ] || { echo 'POSTGRES_PASSWORD is not set' >&2; exit 1; }
        [ -s $D/PG_VERSION ] || { echo "there is no database in $D" >&2; exit 1; }
        exec /usr/lib/postgresql/15/bin/postgres -D $D -c listen_addresses='*'
        END
        chmod 755 start.sh
        cat >docker-compose.yml <<'END'
        version: "2.4"
        services:
          db:
            image: postgres:1
            user: postgres
            command: ["/bin/sh", "/start.sh"]
            environment:
              POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
            volumes: ["rows:/var/lib/postgresql/data", "./start.sh:/start.sh:ro"]
            networks: {inner: {aliases: [database], ipv4_address: 172.28.5.10}}
            healthcheck:
              test: ["CMD-SHELL", "psql -At -c 'select count(*) from goods' postgres"]
              interval: 1s
              timeout: 5s
              retries: 30
            restart: unless-stopped
          web:
            image: busybox:1
            command: ["sleep", "100000"]
            stop_signal: SIGKILL
            depends_on: {db: {condition: service_healthy}}
            labels: {"odd": "$$(touch /pwned) 'x' \"y\""}
            ports: ["8080:80"]
            volumes: ["./settings:/settings:ro"]
            networks: [inner]
        volumes: {rows: {}}
        networks: {inner: {ipam: {config: [{subnet: 172.28.5.0/24}]}}}
        END
        docker volume create --label com.docker.compose.project=shop --label com.docker.compose.volume=rows \
        --label com.docker.compose.version=1.29.2 shop_rows
        docker run --rm -v shop_rows:/d postgres:1 sh -c 'chown postgres /d && chmod 700 /d && exec su postgres -c "
        set -e
        B=/usr/lib/postgresql/15/bin
        \$B/initdb -A trust -D /d
        \$B/pg_ctl -w -D /d -o -h127.0.0.1 start
        psql -q -c \"create table goods as select generate_series(1,4321) as n\" postgres
        \$B/pg_ctl -w -D /d stop"'
        docker-compose up -d

        """#

    /// Deletes all of it: containers, volume, network, files.
    func deleteEverything() throws {
        // The engine lets go of a stopped container's address a little later than it says so.
        let down = """
            n=0
            until docker-compose down --volumes; do n=$((n + 1)); [ $n -lt 10 ] || exit 1; sleep 1; done
            """
        try machine.run("set -e; cd /opt/shop\n\(down)\nrm -rf /opt/shop")
        #expect(
            try machine.line("docker ps -aq; docker volume ls -q; ls /opt | grep shop; echo end") == "end")
    }

    /// How many rows the database tells.
    func count() throws -> String {
        try machine.line(
            "docker exec -u postgres shop_db_1 psql -At -c 'select count(*) from goods' postgres")
    }

    /// Names, images, states and health of all containers, with no policy for a restart as ‘no’, which is what it is;
    /// networks, volumes.
    func engine() throws -> String {
        DeviceText.string(
            try machine.run(
                """
                docker ps -aq | xargs -r docker inspect --format '{{.Name}} {{.Config.Image}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}} {{or .HostConfig.RestartPolicy.Name "no"}}' | sort
                docker network ls --format '{{.Name}} {{.Driver}}' | sort
                docker volume ls -q | sort
                """))
    }
}
