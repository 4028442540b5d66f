import Basics

/// Texts that other programs or people read, kept in files and compared with what the program says now.
///
/// `HOLDFAST_GOLDEN=write` rewrites them; a missing one is written and counts as a failure, so that nobody forgets to
/// look at it.
package enum Golden {
    /// Compares `text` with the file `name` of the folder `Golden` beside the calling test.
    /// - Returns: nil when they agree, else what to tell.
    package static func mismatch(_ text: String, _ name: String, file: String = #filePath) -> String? {
        let path = TestFiles.folder(of: file) + "/Golden/" + name
        let present = TestFiles.bytes(at: path)
        let isRewriting = ProcessEnvironment.value(of: "HOLDFAST_GOLDEN") == "write"
        if let present, present == Array(text.utf8) { return nil }
        if let present, !isRewriting {
            return "\(name) differs from what is said now:\n"
                + difference(String(decoding: present, as: UTF8.self), text)
        }
        do { try TestFiles.write(Array(text.utf8), to: path) } catch { return "\(name): \(error)" }
        return isRewriting ? nil : "\(name) was missing and is written now: look at it and commit it"
    }

    /// The first line that differs, and what stands there.
    private static func difference(_ old: String, _ new: String) -> String {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false)
        let index = zip(before, after).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let line = index ?? min(before.count, after.count)
        let (left, right) = (line < before.count ? before[line] : "", line < after.count ? after[line] : "")
        return "line \(line + 1)\n- \(left)\n+ \(right)\nRewrite with: make golden"
    }
}
