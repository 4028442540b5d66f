/// Shell text shared by the collectors that ask podman.
enum PodmanCommand {
    /// Ends the probe, with nothing to tell, where root has never used podman: asking would make its storage.
    static let leaveWhenUnused = "hf_podman_used || exit 0\n"

    /// Defines `hf_podman_used`.
    static let function = """
        hf_podman_used() {
        [ -e /etc/containers/storage.conf ] && return 0
        [ -e /var/lib/containers ] || return 1
        [ ! -x /var/lib/containers ] || [ -e /var/lib/containers/storage ]
        }

        """
}
