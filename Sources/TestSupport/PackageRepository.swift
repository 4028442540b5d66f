import Basics

/// A signed repository of small Debian packages, made here, that whole test machines install from without a network.
///
/// Its packages: `site-server` (a web server with a unit, an account of its own, a changed and an unwanted configuration
/// file), which needs `site-common`; `site-tool` in the versions 1.0 and 1.1; `hello-tool`, which is one program;
/// `picky-tool`, which cannot be installed while there is a file `/opt/picky`; `slow-tool`, whose installation takes a
/// minute, or the seconds that it names, once, where there is a file `/opt/slow`.
package final class PackageRepository: Sendable {
    /// Why none can be made here; nil when one can.
    package static let missing: String? = {
        for program in ["dpkg-deb", "gpg", "perl"] {
            do { try Shell.run("command -v \(program) >/dev/null") } catch {
                return "a package repository needs the program \(program)"
            }
        }
        return nil
    }()

    /// Where it lies on a machine.
    package static let path = "/opt/mirror"
    /// The file that names it, and the key that signs it.
    package static let source = "/etc/apt/sources.list.d/mirror.list"
    package static let key = "/etc/apt/keyrings/mirror.gpg"

    private let folder: ScratchFolder

    /// Builds the packages, their index and its signature.
    package init() throws {
        folder = try ScratchFolder()
        try folder.write(Array(Self.script.utf8), to: "make")
        try Shell.run("/bin/sh '\(folder.path)/make' '\(folder.path)' 2>&1")
    }

    /// Puts it on a machine, where nothing uses it yet.
    package func copy(to machine: TestMachine) throws {
        try machine.copy(folder.path + "/mirror", to: "/opt")
        // The archive of Debian cannot be reached from inside.
        try machine.run(": >/etc/apt/sources.list; rm -f /etc/apt/sources.list.d/*")
    }

    /// Makes a machine install from it.
    package func use(on machine: TestMachine) throws {
        try copy(to: machine)
        try machine.run("mkdir -p /etc/apt/keyrings && cp \(Self.path)/key.gpg \(Self.key)")
        try machine.write(
            Array("deb [signed-by=\(Self.key)] file:\(Self.path) ./\n".utf8), to: Self.source)
        try machine.run("apt-get -q update")
    }

    private static let script = #"""
        set -eu
        top=$1
        cd "$top"
        mkdir mirror work
        begin() {
        rm -rf work/"$1"; mkdir -p work/"$1"/DEBIAN
        printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: Test <test@example.invalid>\nDescription: part of a test\n' "$1" "$2" >work/"$1"/DEBIAN/control
        here=work/$1
        }
        end() { chmod -R go+rX,go-w work/"$1"; dpkg-deb --root-owner-group --build work/"$1" "mirror/$1_$2_all.deb" >/dev/null; }

        begin hello-tool 1.0
        mkdir -p $here/usr/bin
        printf '#!/bin/sh\necho hello\n' >$here/usr/bin/hello-tool; chmod 755 $here/usr/bin/hello-tool
        end hello-tool 1.0

        begin picky-tool 1.0
        printf '#!/bin/sh\n[ ! -e /opt/picky ]\n' >$here/DEBIAN/postinst; chmod 755 $here/DEBIAN/postinst
        end picky-tool 1.0

        begin slow-tool 1.0
        printf '#!/bin/sh\n[ ! -e /opt/slow ] || { read -r n </opt/slow; rm /opt/slow; sleep "${n:-60}"; }\n' >$here/DEBIAN/postinst; chmod 755 $here/DEBIAN/postinst
        printf '#!/bin/sh\n[ "$1" != remove ] || [ ! -e /opt/slow ] || { read -r n </opt/slow; rm /opt/slow; sleep "${n:-60}"; }\n' >$here/DEBIAN/postrm; chmod 755 $here/DEBIAN/postrm
        end slow-tool 1.0

        for version in 1.0 1.1; do
        begin site-tool $version
        mkdir -p $here/usr/bin
        printf '#!/bin/sh\necho %s\n' $version >$here/usr/bin/site-tool; chmod 755 $here/usr/bin/site-tool
        end site-tool $version
        done

        begin site-common 1.0
        mkdir -p $here/usr/share/site
        echo common >$here/usr/share/site/common
        end site-common 1.0

        begin site-server 2.0
        echo 'Depends: site-common' >>$here/DEBIAN/control
        mkdir -p $here/usr/sbin $here/lib/systemd/system $here/etc/site-server/sites $here/etc/cron.d
        cat >$here/usr/sbin/site-server <<'END'
        #!/usr/bin/perl
        use strict; use IO::Socket;
        my %c = (port => 8080, root => '/usr/share/site');
        for my $f ('/etc/site-server/site.conf', glob '/etc/site-server/sites/*') {
        open my $h, '<', $f or die "$f: $!"; while (<$h>) { $c{$1} = $2 if /^(\w+)\s*=\s*(\S+)/ }
        }
        my $s = IO::Socket::INET->new(LocalPort => $c{port}, Listen => 5, ReuseAddr => 1) or die "port: $!";
        while (my $k = $s->accept) {
        my $line = <$k> // ''; my ($p) = $line =~ m{^GET /([\w.]+)};
        my $body = "nothing\n";
        if (defined $p and open(my $h, '<', "$c{root}/$p")) { $body = join '', <$h> }
        print $k "HTTP/1.0 200 OK\r\n\r\n$body"; close $k;
        }
        END
        chmod 755 $here/usr/sbin/site-server
        printf 'port = 8080\nroot = /usr/share/site\n' >$here/etc/site-server/site.conf
        printf '# the package\n' >$here/etc/site-server/sites/default
        printf '# hourly work of the package\n' >$here/etc/cron.d/site-default
        printf '[Unit]\nDescription=Site\n[Service]\nUser=_site\nExecStart=/usr/sbin/site-server\n[Install]\nWantedBy=multi-user.target\n' >$here/lib/systemd/system/site-server.service
        printf '/etc/site-server/site.conf\n/etc/site-server/sites/default\n/etc/cron.d/site-default\n' >$here/DEBIAN/conffiles
        cat >$here/DEBIAN/postinst <<'END'
        #!/bin/sh
        set -e
        getent passwd _site >/dev/null || useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin _site
        mkdir -p /var/lib/site; chown _site: /var/lib/site
        systemctl daemon-reload; systemctl enable --quiet --now site-server.service
        END
        cat >$here/DEBIAN/prerm <<'END'
        #!/bin/sh
        set -e
        if [ "$1" = remove ]; then systemctl disable --quiet --now site-server.service; fi
        END
        cat >$here/DEBIAN/postrm <<'END'
        #!/bin/sh
        set -e
        systemctl daemon-reload
        if [ "$1" = purge ]; then rm -rf /var/lib/site; fi
        END
        chmod 755 $here/DEBIAN/postinst $here/DEBIAN/prerm $here/DEBIAN/postrm
        end site-server 2.0

        cd mirror
        for deb in *.deb; do
        dpkg-deb --field "$deb"
        printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
        done >Packages
        printf 'Origin: Test\nLabel: Test\nSuite: stable\nDate: %s\nSHA256:\n %s %s Packages\n' "$(date -R -u)" \
        "$(sha256sum Packages | cut -d' ' -f1)" "$(stat -c %s Packages)" >Release
        GNUPGHOME=$top/gpg; export GNUPGHOME
        mkdir -m 700 "$GNUPGHOME"
        gpg -q --batch --passphrase '' --quick-generate-key 'Mirror <mirror@example.invalid>' ed25519 sign never
        gpg -q --batch --clearsign --output InRelease Release
        gpg -q --batch --export >key.gpg
        gpgconf --kill gpg-agent
        """#
}
