import Basics

/// A registry of images on a test machine, with one image, for as long as it runs.
///
/// It knows the few reads that a pull makes; the machine's engine trusts it, as it listens on the loopback address.
/// - SeeAlso: the HTTP API V2 of Docker Registry, "Pulling an image".
package struct ImageRegistry: Sendable {
    /// What the engine calls the image.
    package let image = "127.0.0.1:5000/tiny:1"
    private let machine: TestMachine

    /// - Parameter source: the image of the machine that it has.
    package init(of source: String, on machine: TestMachine) throws {
        self.machine = machine
        try machine.write(Array(Self.server.utf8), to: "/reg/server.pl")
        try machine.run("cd /reg && image='\(source)'\n" + Self.setup)
        try start()
    }

    /// Lets it answer again.
    package func start() throws {
        try machine.run("systemd-run --quiet --collect --unit registry perl /reg/server.pl")
        try machine.wait(for: "perl -MIO::Socket -e 'IO::Socket::INET->new(\"127.0.0.1:5000\") or exit 1'")
    }

    /// Lets it answer nobody.
    package func stop() throws { try machine.run("systemctl stop registry") }

    /// Lays the image's manifest, configuration and layers out under their digests.
    private static let setup = #"""
        set -e
        docker save "$image" | tar -xf -
        put() { d=$(sha256sum <"$1" | cut -c 1-64); mv "$1" "sha256:$d"; n=$(stat -c %s "sha256:$d"); }
        config=$(tr ',' '\n' <manifest.json | sed -n 's/.*"Config":"\([^"]*\)".*/\1/p')
        put "$config"
        printf '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%s,"digest":"sha256:%s"},"layers":[' "$n" "$d" >m
        comma=
        for layer in */layer.tar; do
        gzip -n "$layer"; put "$layer.gz"
        printf '%s{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%s,"digest":"sha256:%s"}' "$comma" "$n" "$d" >>m
        comma=,
        done
        printf ']}' >>m
        cp m manifest; put m; echo "sha256:$d" >digest

        """#

    private static let server = #"""
        use strict; use IO::Socket;
        open(my $f, '<', '/reg/digest'); chomp(my $digest = <$f>); close $f;
        my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1:5000', Listen => 16, ReuseAddr => 1) or die $!;
        $SIG{CHLD} = 'IGNORE';
        while (my $c = $server->accept) {
            next if fork;
            my $request = <$c>; exit unless defined $request;
            while (my $line = <$c>) { last if $line =~ /^\r?\n$/ }
            my ($verb, $path) = split / /, $request;
            my ($name, $type);
            if ($path =~ m,^/v2/tiny/manifests/,) { ($name, $type) = ('manifest', 'application/vnd.docker.distribution.manifest.v2+json') }
            elsif ($path =~ m,^/v2/tiny/blobs/(sha256:[0-9a-f]+)$,) { ($name, $type) = ($1, 'application/octet-stream') }
            my $body = $path eq '/v2/' ? '{}' : '';
            if ($name && open(my $file, '<:raw', "/reg/$name")) { local $/; $body = <$file> }
            elsif ($path ne '/v2/') { print $c "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; exit }
            $type ||= 'application/json';
            print $c "HTTP/1.1 200 OK\r\nDocker-Distribution-Api-Version: registry/2.0\r\nContent-Type: $type\r\n", ($name && $name eq 'manifest' ? "Docker-Content-Digest: $digest\r\n" : ''), "Connection: close\r\nContent-Length: ", length $body, "\r\n\r\n";
            print $c $body if $verb eq 'GET';
            exit;
        }
        """#
}
