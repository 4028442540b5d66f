import Glibc

/// A failed system call: its name, what it was applied to and the kernel's reason.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The call, for example `open`.
    package let call: String
    /// The path or thing the call was about; empty when there is none.
    package let subject: String
    /// The value of `errno`.
    package let code: Int32

    package init(_ call: String, _ subject: String = "", code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// Whether it says that nothing is there.
    package var meansAbsence: Bool { code == ENOENT || code == ENOTDIR }

    /// Whether it says that links lead in a circle, or too many to one another.
    package var meansCircle: Bool { code == Self.circle }

    /// The code of an error that says so.
    package static var circle: Int32 { ELOOP }

    /// Whether it says that the disk is full.
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// Whether it says that this user may not.
    package var meansDenial: Bool { code == EACCES || code == EPERM }

    /// Whether it says, of a link that was to be read, that it is none.
    package var meansNoLink: Bool { code == EINVAL }

    /// The kernel's words for the code, for example `No space left on device`.
    package var reason: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    package var description: String {
        subject.isEmpty ? "\(call): \(reason)" : "\(call) \(subject): \(reason)"
    }
}
