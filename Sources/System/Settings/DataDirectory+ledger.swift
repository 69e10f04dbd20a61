internal import Glibc
internal import Platform

extension DataDirectory {
    /// The file that tells the address of the server on which this directory's ledger is, for who starts Central or asks later. Without a password.
    public var ledgerServerFile: String { shared + "/ledger-server" }

    /// The address of the server on which the ledger is; `nil` when it is in the directory itself.
    public func readLedgerServer() -> String? {
        readWhole(ledgerServerFile).map { String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Throws: when it can't be written.
    public func writeLedgerServer(_ address: String) throws(SettingError) {
        guard readLedgerServer() != address else { return }
        try TextFile(path: ledgerServerFile, from: "the file of the ledger's server").write(address + "\n")
    }

    public func removeLedgerServer() { unlink(ledgerServerFile) }

    /// The name by which servers know the Central of this directory, whatever process it is: made at the first call.
    /// - Throws: when it can't be read or written.
    public func centralName() throws(SettingError) -> String {
        let path = central + "/name"
        if let known = readWhole(path).map({ String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self) }), !known.isEmpty { return known }
        let made = String(UInt64.random(in: .min ... .max), radix: 36)
        try TextFile(path: path, from: "the file of Central's name").write(made + "\n")
        return made
    }
}
