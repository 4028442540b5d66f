import Basics
package import RemoteExecution

/// Asks a device which folders it lacks.
package enum FolderProbe {
    /// Longest text of one step, in bytes: an argument holds 128 KiB at most.
    private static let textLimit = 64 << 10

    /// Those of `folders` where nothing is; in one connection, none when there is nothing to ask.
    /// - Parameter followsLinks: whether a link that leads nowhere counts as nothing.
    /// - Throws: `ShellError` when the device cannot be asked.
    package static func missing(
        of folders: [[UInt8]], on device: Device, by transport: any DeviceTransport,
        followingLinks followsLinks: Bool = false
    ) async throws(ShellError) -> [[UInt8]] {
        guard !folders.isEmpty else { return [] }
        let steps = steps(folders, followsLinks)
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary)
        let job = ShellJob(input: FramedScript.bytes(steps: steps, boundary: boundary))
        _ = try await transport.run(job, on: device, into: reader)
        let results = await reader.results
        var missing: [[UInt8]] = []
        for index in steps.indices {
            guard let result = results[index], result.status == 0 else {
                throw ShellError(.protocolFailure, "the device did not say which folders it lacks")
            }
            for line in DeviceText.lines(result.output) {
                if let number = Int(line), folders.indices.contains(number) {
                    missing.append(folders[number])
                }
            }
        }
        return missing
    }

    private static func steps(_ folders: [[UInt8]], _ followsLinks: Bool) -> [ScriptStep] {
        var steps: [ScriptStep] = []
        var text = ""
        for (index, folder) in folders.enumerated() {
            let (setup, word) = ShellQuoting.text(folder)
            let link = followsLinks ? "" : "[ -L \(word) ] || "
            text += "\(setup)[ -e \(word) ] || \(link)echo \(index)\n"
            if text.utf8.count > textLimit || index == folders.count - 1 {
                steps.append(ScriptStep(timeLimit: 120, script: text + "exit 0\n", prefersRoot: true))
                text = ""
            }
        }
        return steps
    }
}
