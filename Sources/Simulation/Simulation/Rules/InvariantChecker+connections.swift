internal import ChargingModel
internal import ChargingProtocol
internal import Journal
internal import MQTT

/// Connections: their epochs, and what is said on them.
extension InvariantChecker {
    /// P6: the epoch of a CONNECT is above all earlier ones of that client. P9: it is where a power cut can't take it.
    /// - Returns: the epoch.
    func connects(_ process: SimulatedProcess, _ will: LastWill, _ world: World) -> Epoch? {
        guard let epoch = world.wire.epoch(in: will.payload) else {
            world.violate("P6", "the will of \(process.name) has no epoch")
            return nil
        }
        if epoch <= process.lastEpoch, process.lastEpoch < InvariantChecker.nearlyUsedUp {
            world.violate("P6", "\(process.name) connects with epoch \(epoch), and connected with \(process.lastEpoch) before")
        }
        process.lastEpoch = epoch
        guard world.scenario.trouble != .none, let path = process.journal?.path else { return epoch }
        let synced = process.disk.syncedBytes(of: path)
        // It was written a moment ago.
        if !holds(epoch, synced.suffix(1024)), !holds(epoch, synced) {
            world.violate("P9", "\(process.name) connects with epoch \(epoch), which its disk does not have")
        }
        return epoch
    }

    /// Above this an epoch may find no room any more, and begins anew.
    private static let nearlyUsedUp: Epoch = 1 << 52

    private func holds(_ epoch: Epoch, _ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = Array("\(epoch)".utf8)
        guard bytes.count >= digits.count else { return false }
        return (bytes.startIndex...(bytes.endIndex - digits.count)).contains { bytes[$0...].starts(with: digits) }
    }

    /// P6, P9: everything said on a connection carries its epoch; nothing that was meant for an earlier one is said on it.
    func says(_ message: BusMessage, _ process: SimulatedProcess, _ world: World) {
        guard let connection = process.connection, let epoch = connection.epoch, let own = message.epoch, own != epoch else { return }
        world.violate("P9", "\(process.name) says under epoch \(own) on the connection of epoch \(epoch): \(message.topic)")
    }
}
