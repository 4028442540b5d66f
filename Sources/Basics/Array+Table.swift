extension Array {
    /// The elements by the number below `count` that `place` gives each, in their order.
    func table(of count: Int, by place: (Element) -> Int) -> [[Element]] {
        var table = [[Element]](repeating: [], count: count)
        for element in self { table[place(element)].append(element) }
        return table
    }
}
