/// Why a text is no YAML that is read here.
package struct YAMLError: Error, Equatable {
    /// What is wrong, as a clause.
    package let reason: String
    /// Where, counted from 1; nil where no place can be named.
    package let line: Int?
}
