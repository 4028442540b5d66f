package import Basics
package import RemoteExecution
package import Storage
package import Vault

extension OperationError {
    /// What a store's failure means to a caller.
    package init(_ error: StoreError) {
        let code: Code =
            switch error.code {
            case .notFound: .deviceUnknown
            case .conflict: .deviceExists
            case .busy: .storeBusy
            case .unavailable: .ioFailed
            case .corrupt: .storeCorrupt
            case .tooNew: .storeTooNew
            case .cancelled: .cancelled
            case .full: .diskFull
            case .readOnly: .readOnly
            case .missing: .storeMissing
            case .wrongKey: .keyInvalid
            }
        self.init(code, error.message, hint: Self.hint(for: error.code))
    }

    private static func hint(for code: StoreError.Code) -> String {
        switch code {
        case .full: "Free some space on that disk and run it again. ‘holdfast doctor’ shows how full it is."
        case .readOnly:
            "Make it writable and run it again; a disk that turned read-only by itself may be failing (see dmesg)."
        case .missing:
            "Put it back from a copy. Where there is none, start a new one on purpose: holdfast init --new-database. "
                + "Devices must then be added again; the backups stay as they are."
        case .corrupt:
            "Put it back from a copy. Where there is none, start a new one on purpose: "
                + "holdfast init --new-database. Devices must then be added again; the backups stay as they are."
        case .wrongKey:
            "Put the right key in its place: move this one away and run: holdfast key restore --from FILE"
        default: ""
        }
    }

    /// There was a vault at its place, as the database shows, and it is not there.
    package static func vaultMissing(_ paths: StatePaths) -> OperationError {
        OperationError(
            .vaultMissing,
            "There is no vault at \(paths.vault), though the database \(paths.database) belongs to one",
            hint:
                "Put the folder back where it was, or mount the disk it lies on. Where it is lost, start a new, empty "
                + "one on purpose: holdfast init --new-vault")
    }

    /// What a device's failure means to a caller.
    package init(_ error: ShellError, device name: DeviceName) {
        let code: Code =
            switch error.code {
            case .unknownHost, .unreachable, .disconnected, .outputLimit, .shellRefused, .protocolFailure:
                .deviceUnreachable
            case .hostKeyChanged: .hostKeyChanged
            case .hostKeyUnknown: .hostKeyUnconfirmed
            case .authenticationFailed, .keyUnusable: .authenticationFailed
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            case .configuration: .configurationInvalid
            case .libraryMissing: .ioFailed
            case .consumer: .collectionFailed
            }
        let hint = [error.hint, Self.hint(aboutKeyOf: error, device: name)].filter { !$0.isEmpty }
        // What is said of a host key names the machine itself.
        let isNamed =
            [.hostKeyChanged, .hostKeyUnknown].contains(error.code) && error.jump == nil
            && error.message.contains(name.text)
        self.init(
            code, isNamed ? error.message : "\(name): \(error.message)", hint: hint.joined(separator: " "))
    }

    /// How the right host key becomes known; empty when the error is about something else.
    ///
    /// A jump host is a machine of its own: its key is not kept with those behind it, so that it is accepted, and changes, once.
    private static func hint(aboutKeyOf error: ShellError, device name: DeviceName) -> String {
        switch (error.code, error.jump) {
        case (.hostKeyChanged, nil):
            return "To see the new key and accept it, run: holdfast device trust \(name)"
        case (.hostKeyChanged, let jump?):
            return
                "The old key is that of the device registered as \(jump.shellWord), for ‘holdfast device trust’, "
                + "or stands in known_hosts."
        case (.hostKeyUnknown, let jump?):
            let key = error.hostKeys.first.map { " --accept-fingerprint \($0.fingerprint)" } ?? ""
            return
                "A jump host is a device of its own. If this is its key, register it under a name and run this again: "
                + "holdfast device add NAME \(jump.shellWord)\(key)"
        default: return ""
        }
    }

    /// What the vault's failure means to a caller.
    package init(_ error: VaultError) {
        let code: Code =
            switch error.code {
            case .notFound, .ambiguous: error.code == .ambiguous ? .backupAmbiguous : .backupUnknown
            case .exists: .vaultExists
            case .locked: .vaultLocked
            case .wrongKey: .keyInvalid
            case .damaged: .vaultCorrupt
            case .tooNew: .storeTooNew
            case .full: .diskFull
            case .unavailable: .ioFailed
            case .refused: .backupProtected
            case .invalid: .argumentInvalid
            }
        self.init(code, error.message, hint: error.hint)
    }

    /// What an error of unknown type means to a caller.
    init(any error: any Error) {
        switch error {
        case let error as OperationError: self = error
        case let error as VaultError: self.init(error)
        case let error as StoreError: self.init(error)
        case is CancellationError: self.init(.cancelled, "The operation was cancelled")
        default: self.init(.internalFailure, "An error nobody expected: \(error)")
        }
    }
}
