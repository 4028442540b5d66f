package import RemoteExecution
package import Storage

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
        if error.code == .hostKeyChanged, hint.isEmpty {
            hint = "If the machine was reinstalled, run: holdfast device trust \(name)"
        }
        self.init(code, "\(name): \(error.message)", hint: hint)
    }
}
