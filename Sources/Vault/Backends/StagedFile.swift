/// A file that was written under another name: it gets its own once it is durable.
///
/// Files that are staged before the first of them is published become durable together.
struct StagedFile {
    let file: any VaultFile
    let temporary: String
    let path: String
    let files: any VaultFiles

    /// Gives the file its name, which becomes durable only when its folder is synced.
    ///
    /// A failure discards the file.
    func publish() throws(VaultError) {
        do throws(VaultError) {
            try file.sync()
            try files.rename(temporary, to: path)
        } catch {
            discard()
            throw error
        }
    }

    /// Removes it.
    func discard() {
        // What stays behind harms nothing: `check` reports it and `prune` removes it.
        try? files.remove(temporary)
    }
}
