package import Basics
package import RemoteExecution

extension DeviceName: FieldValue {
    package static var kind: FieldKind { .text(format: "device") }
}

extension Timestamp: FieldValue {
    package static var kind: FieldKind { .text(format: "time") }
}

extension ByteCount: FieldValue {
    package static var kind: FieldKind { .integer }
}
