internal import Glibc
internal import Platform

extension DataDirectory {
    /// The file that tells the address of the server on which this directory's ledger is, for who starts Central or asks later. Without a password.
    public var ledgerServerFile: String { central + "/ledger-server" }

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
}
