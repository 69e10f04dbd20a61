internal import Journal
internal import Runtime

/// The far end of a party's journal: the real journal on a modelled disk, written by a modelled thread.
extension SimulatedProcess {
    /// Opens its journal, with a thread to write it that takes its time, one commit after the other.
    func openJournal(_ name: String, in world: World) throws(JournalError) -> Journal.Opening {
        let opening = try Journal.open(in: name, disk: disk)
        journal = opening.journal
        let life = life
        journalGroup = JournalGroup(
            submit: { [unowned self, unowned world] work, then in
                guard isAlive, self.life == life else { return }
                lastDiskSerial += 1
                diskWork = (lastDiskSerial, work, then)
                world.plan(.disk(self, serial: lastDiskSerial), after: world.faults.diskTime(index, &random))
            }, atEndOfTurn: { [unowned world] body in world.endOfTurn.append(body) })
        return opening
    }

    func carryOut(_ order: JournalOrder, in world: World) {
        guard let journal, let journalGroup else { return }
        let life = life
        journalGroup.carryOut(order, on: journal) { [unowned self, unowned world] result in
            if isAlive, self.life == life {
                feed(.journal(result), in: world)
            } else if world.scenario.trouble != .none, lateResults.count < 8 {
                // A host that starts a party anew within itself may hand the new one what the old one asked for.
                lateResults.append(result)
            }
        }
    }

    func finishDiskWork(_ serial: UInt64, in world: World) {
        guard let (current, work, then) = diskWork, current == serial, isAlive else { return }
        if isHung { return deferred.append(.disk(self, serial: serial)) }
        diskWork = nil
        then(work())
    }
}
