/// How many elements of a list are wanted: `--limit`, which means the same for every list.
enum ListLimit {
    /// The number to take at most; 0 stands for all there are.
    static func checked(_ limit: Int) throws(OperationError) -> Int {
        guard limit >= 0 else {
            throw OperationError(
                .argumentInvalid, "--limit takes no negative number",
                hint: "Give how many at most; 0 lists all.")
        }
        return limit == 0 ? Int(Int32.max) : min(limit, Int(Int32.max))
    }
}
