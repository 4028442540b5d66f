import RemoteExecution
import Storage

extension OperationError {
    /// What a store's failure means to a caller.
    init(_ error: StoreError) {
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
}
