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

    /// The name by which servers know the Central of this directory, whatever process it is; `nil` when there was none yet. A copy of the directory has
    /// another one.
    public func readCentralName() -> String? {
        var status = stat()
        guard let words = readWhole(centralNameFile).map({ String(decoding: $0.prefix { $0 > 0x20 }, as: UTF8.self) }), !words.isEmpty,
            stat(centralNameFile, &status) == 0
        else { return nil }
        return "\(words):\(status.st_ino)"
    }

    /// The same, made at the first call.
    /// - Throws: when it can't be written.
    public func centralName() throws(SettingError) -> String {
        if let known = readCentralName() { return known }
        let made = String(UInt64.random(in: .min ... .max), radix: 36)
        try TextFile(path: centralNameFile, from: "the file of Central's name").write(made + "\n")
        return readCentralName() ?? made
    }

    private var centralNameFile: String { central + "/name" }
}
