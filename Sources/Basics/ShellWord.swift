extension StringProtocol {
    /// The text as one word of a POSIX shell, for commands that people are told to run: quoted only where it must be.
    ///
    /// Nothing in it is expanded or run. What is sent to a device's shell is quoted by `ShellQuoting` of that module, always.
    package var shellWord: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "@%_+=:,./-".utf8.contains(byte)
                }
            }
        guard !isPlain else { return String(self) }
        let parts = split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}
