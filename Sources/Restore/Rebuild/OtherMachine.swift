import Basics
import Vault

/// What stays as it is on a machine that is made into another one: a fixed list, each part with its reason.
///
/// A new kept part is a line in `fixed`.
package struct OtherMachine: Sendable, Equatable {
    /// Paths that belong together, and why they stay.
    package struct Part: Sendable, Equatable {
        /// What it is, in a few words.
        package let name: String
        /// Absolute paths: whole names, or beginnings of names when they end in `/` or `*`.
        package let paths: [String]
        package let reason: String
        /// Whether other steps bring what is in it: accounts one by one, packages by their manager.
        package let isTakenCareOf: Bool

        package init(_ name: String, _ paths: [String], _ reason: String, isTakenCareOf: Bool = false) {
            self.name = name
            self.paths = paths
            self.reason = reason
            self.isTakenCareOf = isTakenCareOf
        }

        func covers(_ path: [UInt8]) -> Bool {
            paths.contains { pattern in
                if pattern.hasSuffix("*") { return path.starts(with: pattern.dropLast().utf8) }
                guard pattern.hasSuffix("/") else { return path == Array(pattern.utf8) }
                return path.starts(with: pattern.utf8) || path == Array(pattern.dropLast().utf8)
            }
        }
    }

    /// Stays on any other machine.
    package static let fixed: [Part] = [
        Part(
            "its name and id", ["/etc/machine-id", "/etc/hostname", "/etc/machine-info", "/etc/hosts"],
            "two machines must not be taken for one"),
        Part(
            "its disks",
            ["/etc/fstab", "/etc/crypttab", "/etc/mdadm/", "/etc/lvm/", "/etc/zfs/", "/etc/multipath/"],
            "disks and volumes of the other machine are its own"),
        Part(
            "its network addresses",
            [
                "/etc/netplan/", "/etc/network/", "/etc/systemd/network/", "/etc/NetworkManager/",
                "/etc/sysconfig/network", "/etc/sysconfig/network-scripts/", "/etc/dhcpcd.conf",
                "/etc/resolv.conf", "/etc/wireguard/", "/etc/wpa_supplicant/", "/etc/iwd/", "/var/lib/iwd/",
                "/etc/udev/rules.d/70-persistent-net.rules", "/etc/conf.d/net", "/boot/config/network.cfg",
                "/boot/config/ident.cfg",
            ],
            "two machines with one address lose both"),
        Part(
            "its host keys", ["/etc/ssh/ssh_host_*", "/etc/docker/key.json"],
            "a key of this sort proves one machine"),
        Part(
            "its SSH server", ["/etc/ssh/", "/etc/default/ssh", "/etc/pam.d/sshd", "/etc/sysconfig/sshd"],
            "it is the way in, also for this restore"),
        Part(
            "how it starts",
            [
                "/boot/", "/etc/default/grub", "/etc/default/grub.d/", "/etc/grub.d/", "/etc/kernel/",
                "/etc/initramfs-tools/", "/etc/dracut.conf", "/etc/dracut.conf.d/", "/etc/mkinitcpio.conf",
            ],
            "it fits the hardware and the disks of one machine"),
        Part(
            "its release", ["/etc/os-release", "/etc/debian_version", "/etc/issue", "/etc/issue.net"],
            "they say what is installed", isTakenCareOf: true),
        Part(
            "its package database",
            [
                "/var/lib/dpkg/", "/var/lib/apt/", "/etc/apk/world", "/etc/apk/arch",
                "/usr/lib/sysimage/", "/var/lib/zypp/",
            ],
            "its package manager keeps it itself", isTakenCareOf: true),
        Part(
            "its accounts",
            [
                "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid",
                "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-", "/etc/subuid-",
                "/etc/subgid-",
            ],
            "accounts of the backup are added to them one by one", isTakenCareOf: true),
    ]

    /// Stays on this one, because the account of the restore comes in that way.
    package let way: [Part]

    /// - Parameter accounts: those that the restore may log in as, with their homes; none for this machine itself.
    package init(accounts: [(name: String, home: String)]) {
        var way: [Part] = []
        let why = "it is the way in, also for this restore"
        for (name, home) in accounts {
            let folder = home.isEmpty ? (name == "root" ? "/root" : "/home/\(name)") : home
            way.append(
                Part("the keys of \(name)", [folder + "/.ssh/", "/etc/ssh/authorized_keys/\(name)"], why))
        }
        let others = accounts.map(\.name).filter { $0 != "root" }
        if !others.isEmpty {
            way.append(
                Part(
                    "what sudo lets \(others.joined(separator: ", ")) do",
                    ["/etc/sudoers"] + others.map { "/etc/sudoers.d/\($0)" },
                    "the restore needs root, and gets it this way"))
        }
        self.way = way
    }

    /// Why `path` stays as it is; nil when it does not.
    package func part(keeping path: [UInt8]) -> Part? {
        way.first { $0.covers(path) } ?? Self.part(keeping: path)
    }

    /// Why `path` stays as it is on any other machine; nil when it does not.
    package static func part(keeping path: [UInt8]) -> Part? { fixed.first { $0.covers(path) } }

    /// Beginnings of names of packages that make a machine start; never installed on another one.
    private static let startPackages = [
        "linux-image-", "linux-headers-", "linux-modules-", "linux-firmware", "grub-", "grub2-", "shim-",
        "systemd-boot", "raspi-firmware", "raspberrypi-kernel", "kernel-core", "kernel-modules",
        "kernel-headers",
        "intel-microcode", "amd64-microcode",
    ]

    /// Whether a package belongs to how a machine starts rather than to what it does.
    package static func makesMachineStart(_ package: String) -> Bool {
        startPackages.contains(where: package.hasPrefix)
            || ["kernel", "linux", "linux-lts", "linux-virt"].contains(package)
    }
}
