internal import MQTT

/// The address of a broker as a URL: what is taken is the same when it is written and read again, and no error repeats a password.
enum URLBody {
    /// What stands for a password in the seeds.
    private static let secret = "Hunter2"

    static func run(_ bytes: [UInt8]) throws(Finding) {
        let text = String(decoding: bytes, as: UTF8.self)
        switch Answer({ () throws(MQTTError) in try MQTTAddress(url: text) }) {
        case .value(let address):
            let again = Answer { () throws(MQTTError) in try MQTTAddress(url: "\(address)") }
            guard let again = again.value else { throw Finding("\(address) is no address when it is read again") }
            try hold(
                again.host == address.host && again.port == address.port && again.tls == address.tls, "\(address) is another when it is read again")
            try hold(address.credentials.map { !$0.user.isEmpty } ?? true, "an empty user")
        case .refused(let error):
            guard let at = text.lastIndex(of: "@"), !text[at...].contains(secret) else { return }
            try hold(!error.description.contains(secret), "an error repeats a password: \(error)")
        }
    }
}
