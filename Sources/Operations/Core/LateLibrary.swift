/// A library that is loaded when it is first needed, so that one that is missing shows late.
package struct LateLibrary: Sendable, Equatable {
    package let name: String
    /// What it does here, behind “which”.
    package let purpose: String
    /// The package of Debian 12 that has it.
    package let package: String
    /// Why it cannot be loaded, in the system's words; nil where it can.
    package let lack: String?

    package init(_ name: String, purpose: String, package: String, lack: String?) {
        self.name = name
        self.purpose = purpose
        self.package = package
        self.lack = lack
    }
}
