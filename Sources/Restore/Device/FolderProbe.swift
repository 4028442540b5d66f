import Basics
package import RemoteExecution

/// Asks a device about folders.
package enum FolderProbe {
    /// What a path leads to.
    package struct Sight: Sendable, Equatable {
        /// A link that leads nowhere leads to nothing.
        package enum Kind: String, Sendable { case nothing, folder, other }

        package let kind: Kind
        /// Where it leads when it goes through a link, whether or not anything is there; nil for the others.
        package let target: [UInt8]?
    }

    /// Longest text of one step, in bytes: an argument holds 128 KiB at most.
    private static let textLimit = 64 << 10

    /// Those of `folders` where nothing is; in one connection, none when there is nothing to ask.
    /// - Throws: `ShellError` when the device cannot be asked.
    package static func missing(
        of folders: [[UInt8]], on device: Device, by transport: any DeviceTransport
    ) async throws(ShellError) -> [[UInt8]] {
        let lines = try await ask(folders, on: device, by: transport) { word, number in
            "[ -e \(word) ] || [ -L \(word) ] || echo \(number)\n"
        }
        return lines.compactMap { Int($0) }.filter(folders.indices.contains).map { folders[$0] }
    }

    /// How many names each of `folders` holds, itself included; none of one that is not there.
    /// - Throws: `ShellError` when the device cannot be asked.
    package static func counts(
        of folders: [[UInt8]], on device: Device, by transport: any DeviceTransport
    ) async throws(ShellError) -> [[UInt8]: Int] {
        let lines = try await ask(folders, on: device, by: transport) { word, number in
            "[ ! -e \(word) ] || echo \(number) $(find \(word) -print0 2>/dev/null | tr -c -d '\\000' | wc -c)\n"
        }
        var counts: [[UInt8]: Int] = [:]
        for line in lines {
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2, folders.indices.contains(numbers[0]) else { continue }
            counts[folders[numbers[0]]] = numbers[1]
        }
        return counts
    }

    /// What is at each of `paths`, with links followed; in one connection, none when there is nothing to ask.
    /// - Throws: `ShellError` when the device cannot be asked.
    package static func sights(
        of paths: [[UInt8]], on device: Device, by transport: any DeviceTransport
    ) async throws(ShellError) -> [[UInt8]: Sight] {
        let lines = try await ask(paths, on: device, by: transport) { word, number in
            "if [ -d \(word) ]; then hf_is=folder; elif [ -e \(word) ]; then hf_is=other; else hf_is=nothing; fi\n"
                + "hf_to=$(readlink -f -- \(word) 2>/dev/null) || hf_to=$(readlink -m -- \(word) 2>/dev/null) || hf_to=\n"
                + "printf '%s %s %s\n' \(number) \"$hf_is\" \"$hf_to\"\n"
        }
        var sights: [[UInt8]: Sight] = [:]
        for line in lines {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count > 1, let number = Int(words[0]), paths.indices.contains(number),
                let kind = Sight.Kind(rawValue: String(words[1]))
            else { continue }
            let target = words.count > 2 && words[2].hasPrefix("/") ? Array(words[2].utf8) : paths[number]
            sights[paths[number]] = Sight(kind: kind, target: target == paths[number] ? nil : target)
        }
        return sights
    }

    /// The lines that a device answers; nothing is asked about no folders.
    /// - Parameter line: the shell text for one folder, of the word for it and its number.
    private static func ask(
        _ folders: [[UInt8]], on device: Device, by transport: any DeviceTransport,
        _ line: (_ word: String, _ number: Int) -> String
    ) async throws(ShellError) -> [String] {
        guard !folders.isEmpty else { return [] }
        let steps = steps(folders, line)
        let boundary = FrameBoundary()
        let reader = RestoreReader(boundary: boundary)
        let job = ShellJob(input: FramedScript.bytes(steps: steps, boundary: boundary))
        _ = try await transport.run(job, on: device, into: reader)
        let results = await reader.results
        var lines: [String] = []
        for index in steps.indices {
            guard let result = results[index], result.status == 0 else {
                throw ShellError(.protocolFailure, "the device did not answer about its folders")
            }
            lines += DeviceText.lines(result.output)
        }
        return lines
    }

    private static func steps(_ folders: [[UInt8]], _ line: (String, Int) -> String) -> [ScriptStep] {
        var steps: [ScriptStep] = []
        var text = ""
        for (index, folder) in folders.enumerated() {
            let (setup, word) = ShellQuoting.text(folder)
            text += setup + line(word, index)
            if text.utf8.count > textLimit || index == folders.count - 1 {
                steps.append(ScriptStep(timeLimit: 120, script: text + "exit 0\n", prefersRoot: true))
                text = ""
            }
        }
        return steps
    }
}
