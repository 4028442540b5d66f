import Testing

@testable import Operations

/// What `doctor` says of the libraries that are loaded late.
@Suite struct DoctorLibrariesTests {
    private let here = LateLibrary("libyaml", purpose: "reads YAML", package: "libyaml-0-2", lack: nil)
    private let missing = LateLibrary(
        "libssh", purpose: "connects to devices", package: "libssh-4", lack: "libssh.so.4: no such file")

    @Test func `each that is missing is bad, with its package`() {
        #expect(
            Doctor.libraries([here, missing]) == [
                Finding(
                    "library", .bad,
                    "libssh, which connects to devices, cannot be loaded: libssh.so.4: no such file",
                    hint: "Install it; on Debian: apt-get install --reinstall libssh-4")
            ])
    }

    @Test func `where all are there they are named`() {
        #expect(Doctor.libraries([here]) == [Finding("libraries", .good, "libyaml")])
        #expect(Doctor.libraries([]) == [])
    }
}
