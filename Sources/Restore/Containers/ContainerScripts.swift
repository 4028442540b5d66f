import RemoteExecution

/// The shell programs that bring containers to where a plan wants them, and back.
struct ContainerScripts: Sendable {
    /// A volume with the names of its new and old content.
    struct Fill: Sendable {
        let volume: ContainerOperations.Volume
        /// Empty when the volume stays empty.
        let staged: String
        let kept: String
    }

    let operations: ContainerOperations
    let run: String
    let fills: [Fill]
    /// Where the export of each instance is staged.
    let exports: [String]

    private static let start = ". \"${0%/*}/lib\"\n. \"$D/engine-lib\"\n"

    var files: [(name: String, text: String)] {
        [
            ("engine-lib", Self.library), ("engine-away", away), ("engine-on", on), ("engine-off", off),
            ("engine-back", back), ("engine-keep", keep),
        ]
    }

    /// What a program begins with.
    private func begin(_ call: String) -> String { Self.start + wait(call) }

    /// Waits for the Docker engine, where it has a part in it.
    private func wait(_ call: String) -> String { operations.needsEngine ? call + "\n" : "" }

    private func line(_ words: String...) -> String { line(words) }

    private func line(_ words: [String]) -> String {
        words[0] + words.dropFirst().map { " " + ShellQuoting.word($0) }.joined() + "\n"
    }

    private func aside(_ name: String) -> String { "\(name)-holdfast-\(run)" }

    // MARK: Forward

    /// Before any file is renamed: what is pulled is there, and what would be in the way or use the files stands still.
    private var away: String {
        var text = begin("hf_engine")
        for image in operations.images { text += line("hf_image", image.pull, image.source, image.tag) }
        let ids = operations.asides.map(\.id) + operations.halted + operations.paused
        guard !ids.isEmpty else { return text + "exit 0\n" }
        text += line(["hf_remember"] + ids)
        for aside in operations.asides { text += line("hf_stays_down", aside.id) }
        text += line(["hf_stop"] + ids)
        for aside in operations.asides { text += line("hf_aside", aside.id, self.aside(aside.name)) }
        return text + "exit 0\n"
    }

    /// When the files are in their places: networks, volumes with their content, containers; then the proof.
    private var on: String {
        var text = begin("hf_engine")
        for network in operations.networks {
            text += line(["hf_network", network.spec.name] + network.spec.creation.words)
        }
        for (index, fill) in fills.enumerated() {
            let volume = fill.volume
            text +=
                volume.isThere
                ? line("hf_unmounted", volume.mountpoint, SwapOperations.asMounted(volume.mountpoint))
                    + line("hf_refill", "volume-\(index)", volume.mountpoint, fill.staged, fill.kept)
                : line(
                    ["hf_volume", volume.spec.name, volume.mountpoint, fill.staged] + volume.creation.words)
        }
        for creation in operations.creations { text += self.text(of: creation) }
        for creation in operations.creations where creation.spec.isUp {
            text += line("hf_start", creation.spec.name)
        }
        for project in operations.projects { text += self.text(of: project) }
        for name in operations.starts { text += line("hf_begin", name) }
        for id in operations.paused { text += line("hf_start", id) }
        for need in operations.parts {
            let part = need.part
            text += line(
                ["hf_part", need.daemon.client, part.kind.command, part.name, part.document]
                    + (part.creation?.words ?? []))
        }
        for (instance, export) in zip(operations.instances, exports) {
            text += line(
                "hf_import", instance.daemon.client, instance.name, export, instance.isUp ? "up" : "stopped")
        }
        for instance in operations.removedInstances {
            text += line("hf_halt", instance.daemon.client, instance.name)
        }
        return text + proofs + "exit 0\n"
    }

    /// How many containers are watched at once, at most.
    private static let watchedAtOnce = 32

    /// Waits until all that must run does.
    private var proofs: String {
        func watch(_ spec: ContainerSpec, _ seconds: String) -> String {
            line(
                "hf_watch", spec.name, spec.wasHealthy ? "healthy" : "running", String(spec.patience), seconds
            )
        }
        // What another content does to a program may take it a moment.
        let lines =
            operations.proofs.map { watch($0, "4") } + operations.pausedProofs.map { watch($0, "12") }
        return stride(from: 0, to: lines.count, by: Self.watchedAtOnce).map { first in
            lines[first...].prefix(Self.watchedAtOnce).joined() + "hf_watched\n"
        }.joined()
    }

    private func text(of creation: ContainerOperations.Creation) -> String {
        let spec = creation.spec
        return spec.call("hf_create", spec.name, image: ShellQuoting.word(creation.image))
            + spec.connections.map { line(["hf_connect"] + $0.words) }.joined()
    }

    private func text(of project: ContainerOperations.Project) -> String {
        let version = project.members.compactMap { $0.spec.labels["com.docker.compose.version"] }.first ?? ""
        let major = version.drop { $0 == "v" }.prefix { $0 != "." }
        var text = "if hf_compose_is '\(major.allSatisfy(\.isNumber) ? String(major) : "")'; then\n"
        for member in project.members { text += line("hf_comes", member.spec.name) }
        text += line(["hf_up", project.folder] + project.arguments.words)
        text += "else\n:\n"
        for member in project.members {
            text += self.text(of: member) + line("hf_start", member.spec.name)
            if member.spec.wasHealthy {
                text += line("hf_proof", member.spec.name, "healthy", String(member.spec.patience), "4")
            }
        }
        return text + "fi\n"
    }

    // MARK: The way back

    /// Before the files go back: what the run made goes, and what was stopped for them stands still again.
    private var off: String {
        var text = Self.start
        for instance in operations.instances.reversed() {
            text += line("hf_unimport", instance.daemon.client, instance.name)
        }
        for need in operations.parts.reversed() {
            text += line("hf_unpart", need.daemon.client, need.part.kind.command, need.part.name)
        }
        text += wait("hf_engine || exit 0")
        let old = Dictionary(operations.asides.map { ($0.name, $0.id) }) { first, _ in first }
        let made = operations.projects.flatMap(\.members) + operations.creations
        for creation in made.reversed() {
            text += line("hf_unmake", creation.spec.name, old[creation.spec.name] ?? "")
        }
        if !operations.starts.isEmpty { text += line(["hf_unbegin"] + operations.starts) }
        text += "hf_stop_remembered\n"
        for (index, fill) in fills.enumerated().reversed() {
            if fill.volume.isThere {
                text += line(
                    "hf_unreplace", "volume-\(index)", fill.volume.mountpoint, fill.staged, fill.kept)
            } else {
                text += line("hf_unvolume", fill.volume.spec.name)
            }
        }
        text += ghosts
        for network in operations.networks.reversed() { text += line("hf_unnetwork", network.spec.name) }
        return text + "exit 0\n"
    }

    /// An engine that started while contents lay beside its volumes took them for volumes.
    private var ghosts: String {
        let kept = fills.filter { $0.volume.isThere && !$0.volume.isFolder && !$0.kept.isEmpty }
        return kept.map { line("hf_unghost", $0.staged, $0.kept) }.joined()
    }

    /// When the files are back: what was set aside has its name again, and runs if it did.
    private var back: String {
        var text = begin("hf_engine || exit 1")
        for aside in operations.asides.reversed() {
            text += line("hf_home", aside.name, aside.id, aside.restartPolicy)
        }
        for instance in operations.removedInstances {
            text += line("hf_unhalt", instance.daemon.client, instance.name)
        }
        return text + "hf_start_remembered\nexit \"$hf_bad\"\n"
    }

    /// When the run is kept: what was set aside goes for good.
    private var keep: String {
        var text = Self.start
        // Needs no engine.
        for fill in fills where fill.volume.isThere && !fill.kept.isEmpty {
            text += line("hf_discard", fill.kept)
        }
        text += wait("hf_engine || exit 0")
        for aside in operations.asides { text += line("hf_forget", aside.id, self.aside(aside.name)) }
        text += ghosts
        for instance in operations.removedInstances {
            text += line(instance.daemon.client, "delete", "--force", instance.name)
        }
        for part in operations.removedParts {
            text += line(part.daemon.client, part.kind.command, "delete", part.name)
        }
        for name in operations.removedVolumes { text += line("docker volume rm --", name) }
        for name in operations.removedNetworks { text += line("docker network rm --", name) }
        return text + "exit 0\n"
    }
}
