package import RemoteExecution

/// Shuts a program in with the restored files: in namespaces of its own, without a network, its root a small disk in
/// memory, this machine's programs readable and nothing else of it.
///
/// The restored folders stand at their places; of this machine come `/usr` and what programs cannot start without.
/// - SeeAlso: unshare(1), mount_namespaces(7), network_namespaces(7).
package enum DrillSandbox {
    /// A step that runs `script` inside; status 99 where this system does not allow it.
    /// - Parameters:
    ///   - tool: program without which the step does not run.
    ///   - folder: absolute path of the scratch folder; `tree` in it holds the restored files.
    package static func step(tool: String, script: String, folder: String, seconds: Int = 120) -> ScriptStep {
        let inside = """
            T=\(ShellQuoting.word(folder + "/tree"))
            R=\(ShellQuoting.word(folder + "/root"))

            """ + build + "exec chroot \"$R\" /bin/sh -c \(ShellQuoting.word(head + script))\n"
        return ScriptStep(
            tool: tool, timeLimit: seconds,
            script: """
                command -v unshare >/dev/null 2>&1 || { echo 'unshare is not installed'; exit 99; }
                if [ "$HF_UID" = 0 ]; then set -- -m -n -u -i; else set -- -r -m -n -u -i; fi
                unshare "$@" true 2>/dev/null || { echo 'namespaces are not allowed'; exit 99; }
                exec unshare "$@" /bin/sh -c \(ShellQuoting.word(inside))

                """)
    }

    private static let head = """
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root
        export PATH LC_ALL HOME
        cd / || exit 99

        """

    /// Makes the root.
    private static let build = """
        mount --make-rprivate / || exit 99
        mkdir -p "$R" && mount -t tmpfs -o mode=755,size=256m none "$R" && cd "$R" || exit 99
        mkdir usr etc var run tmp dev proc root home srv opt mnt || exit 99
        chmod 1777 tmp
        hf_bind() { mount --bind "$1" "$2" && mount -o remount,bind,ro "$2" 2>/dev/null || [ "$HF_UID" != 0 ]; }
        hf_bind /usr usr || exit 99
        for d in bin sbin lib lib32 lib64 libx32; do
        if [ -L "/$d" ]; then ln -s "$(readlink "/$d")" "$d"
        elif [ -d "/$d" ]; then mkdir "$d" && hf_bind "/$d" "$d" || exit 99
        fi
        done
        for d in "$T"/*; do
        n=${d##*/}
        case $n in usr|bin|sbin|lib*|dev|proc|sys|run|tmp) continue ;; esac
        if [ -d "$d" ] && [ ! -L "$d" ]; then mkdir -p "./$n" && mount --bind "$d" "./$n" || exit 99; fi
        done
        mkdir -p etc/ssl
        for f in passwd group nsswitch.conf hosts alternatives localtime login.defs ssl/openssl.cnf ld.so.conf ld.so.conf.d; do
        if [ -e "/etc/$f" ] && [ ! -e "etc/$f" ] && [ ! -L "etc/$f" ]; then cp -a "/etc/$f" "etc/$f"; fi
        done
        if [ -f /etc/ld.so.cache ]; then rm -f etc/ld.so.cache; cp /etc/ld.so.cache etc/ld.so.cache; fi
        for d in null zero full random urandom; do : >"dev/$d"; mount --bind "/dev/$d" "dev/$d" || exit 99; done
        mount --rbind /proc proc 2>/dev/null && mount -o remount,bind,ro proc 2>/dev/null
        ip link set lo up 2>/dev/null
        echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind 2>/dev/null
        echo 1 >/proc/sys/net/ipv6/ip_nonlocal_bind 2>/dev/null

        """
}
