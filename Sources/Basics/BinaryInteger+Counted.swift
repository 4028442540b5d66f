extension BinaryInteger {
    /// The number with the word it counts: `1 backup`, `2 backups`.
    package func counted(_ word: String) -> String { "\(self) \(word)\(self == 1 ? "" : "s")" }
}
