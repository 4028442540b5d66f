/// What a device's count of an output says of the output that came.
enum ByteCounting {
    /// Whether an output can be what the device counted.
    ///
    /// - Parameter printed: nil where the device counted others and not this one.
    static func fits(_ output: [UInt8], printed: Int?) -> Bool {
        guard let printed else {
            // `mawk` misses an end of line after a zero byte, and with it the frame behind the output.
            return output.split(separator: 0x0A, omittingEmptySubsequences: false).last?.contains(0) == true
        }
        return output.count == printed || (output.contains(0) && lines(output) == printed)
    }

    /// The length as `mawk` counts it line by line: of a line with a zero byte only what stands before that, without an end.
    private static func lines(_ output: [UInt8]) -> Int {
        output.split(separator: 0x0A, omittingEmptySubsequences: false).reduce(-1) { sum, line in
            guard let zero = line.firstIndex(of: 0) else { return sum + line.count + 1 }
            return sum + zero - line.startIndex
        }
    }
}
