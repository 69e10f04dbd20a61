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
        if process.party == .central, world.centrals.count > 1 {
            let highest = world.centrals.map(\.process.lastEpoch).max() ?? 0
            if epoch < highest, highest < InvariantChecker.nearlyUsedUp {
                world.violate("P6", "\(process.name) connects with epoch \(epoch), and another Central with \(highest) before")
            }
        }
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

    /// P9: of two copies of a client one gives way; they do not throw each other out for ever. It may take a few times: whoever comes back
    /// before the other was born does not see that there is another. Drivers have no topic of their own by which they could see it.
    func throwsOut(_ process: SimulatedProcess, _ world: World) {
        guard process.lastEpoch > 0 else { return }
        if process.thrownOut.life != process.life { process.thrownOut = (process.life, []) }
        process.thrownOut.times = process.thrownOut.times.filter { world.clock - $0 < .seconds(60) } + [world.clock]
        guard process.thrownOut.times.count > InvariantChecker.patienceWithCopies else { return }
        world.violate("P9", "\(process.name) was thrown out by a copy \(process.thrownOut.times.count) times in a minute, and neither gives way")
    }

    private static let patienceWithCopies = 20

    /// P6, P9: everything said on a connection carries its epoch; nothing that was meant for an earlier one is said on it.
    func says(_ message: BusMessage, _ process: SimulatedProcess, _ world: World) {
        guard let connection = process.connection, let epoch = connection.epoch, let own = message.epoch, own != epoch else { return }
        world.violate("P9", "\(process.name) says under epoch \(own) on the connection of epoch \(epoch): \(message.topic)")
    }
}
