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
            }
        self.init(code, error.message)
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
            case .consumer: .collectionFailed
            }
        var hint = error.hint
        if error.code == .hostKeyChanged {
            hint += hint.isEmpty ? "" : " "
            hint += "To see the new key and accept it, run: holdfast device trust \(name)"
        }
        self.init(code, "\(name): \(error.message)", hint: hint)
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
