internal import Identities

/// A file of credentials: what is read is the same when it is written and read again, or one line says what is wrong, and nothing of what is in it.
enum CredentialsBody {
    static func run(_ bytes: [UInt8]) throws(Finding) {
        try withMemoryFile(bytes) { (path) throws(Finding) in
            _ = Password(file: path)
            switch Answer({ () throws(IdentityError) in try Credentials(file: path) }) {
            case .refused(let error): try hold(error.description.utf8.count < 400, "an error is longer than a line: \(error)")
            case .value(let credentials):
                try withMemoryFile(Array(credentials.json.utf8)) { (again) throws(Finding) in
                    let read = Answer { () throws(IdentityError) in try Credentials(file: again) }
                    try hold(read == .value(credentials), "credentials are others when they are written and read again")
                }
            }
        }
    }
}
