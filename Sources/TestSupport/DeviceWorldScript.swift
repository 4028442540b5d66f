/// The shell text that builds a `DeviceWorld` inside its namespaces and becomes its SSH server.
enum DeviceWorldScript {
    /// Where everything of a world lies in its namespace.
    static let base = "/mnt"
    /// The root of the sessions there.
    static let root = base + "/device"

    /// The text for `options`; `folder` holds the server's files and the test's own `setup`.
    static func text(_ options: DeviceWorld.Options, folder: String) -> String {
        let build =
            switch options.userland {
            case .host: overlay
            case .busybox: busybox
            }
        return """
            set -eu
            PATH=/usr/sbin:/usr/bin:/sbin:/bin
            ROOT=\(root)
            mount -t tmpfs -o mode=755,size=\(options.size) tmpfs \(base)
            mkdir \(base)/upper \(base)/work $ROOT
            \(build)
            mount -t proc proc $ROOT/proc
            mount --bind /dev $ROOT/dev
            mount --bind /sys $ROOT/sys
            mount -t tmpfs -o mode=1777 tmpfs $ROOT/dev/shm
            mount -t tmpfs -o mode=1777 tmpfs $ROOT/tmp
            mount -t tmpfs -o mode=1777 tmpfs $ROOT/var/tmp
            mount -t tmpfs -o mode=755 tmpfs $ROOT/run
            mkdir $ROOT/run/sshd
            . '\(folder)/setup'
            cd /
            sed 's|^root:.*|root:x:0:0:root:/root:\(options.shell)|' /etc/passwd >\(base)/passwd
            mount --bind \(base)/passwd /etc/passwd
            mkdir -p /run/sshd
            exec /usr/sbin/sshd -D -f '\(folder)/sshd_config' -E '\(folder)/log'

            """
    }

    private static let overlay = """
        mount -t overlay overlay -o lowerdir=/,upperdir=\(base)/upper,workdir=\(base)/work $ROOT
        """

    /// What a BusyBox system has at least, as Alpine lays it out.
    private static let busybox = """
        mount --bind \(base)/upper $ROOT
        cd $ROOT
        mkdir -p bin sbin usr/bin usr/sbin etc/init.d etc/crontabs proc sys dev tmp run root var/tmp var/spool lib
        chmod 700 root
        cp /bin/busybox bin/busybox
        without() { LC_ALL=C sed -i "s/\\x00$1\\x00/\\x00$2\\x00/" $ROOT/bin/busybox; }
        for applet in $(/bin/busybox --list); do ln -s busybox bin/$applet 2>/dev/null || true; done
        printf 'root:x:0:0:root:/root:/bin/sh\\nnobody:x:65534:65534:nobody:/:/sbin/nologin\\n' >etc/passwd
        printf 'root:x:0:\\nnogroup:x:65533:\\n' >etc/group
        printf 'root:*::0:::::\\n' >etc/shadow
        chmod 640 etc/shadow
        printf 'boxed\\n' >etc/hostname
        printf '127.0.0.1 localhost\\n' >etc/hosts
        printf 'NAME="Alpine Linux"\\nID=alpine\\nVERSION_ID=3.19.1\\n' >etc/os-release
        printf '0 * * * * /bin/true\\n' >etc/crontabs/root
        cd /
        """
}
