public import Journal
public import Platform
public import Runtime
public import SQL

extension JournalError: ProcessFailure {
    public var processExit: ProcessExit {
        switch self {
        case .corrupt, .later, .missing: .configuration
        case .failed, .overflow, .closed: .failure
        }
    }
}

extension JournalReading.Failure: ProcessFailure {
    public var processExit: ProcessExit { .configuration }
}

extension DatabaseError: ProcessFailure {
    public var processExit: ProcessExit { kind == .later ? .configuration : .failure }
}
