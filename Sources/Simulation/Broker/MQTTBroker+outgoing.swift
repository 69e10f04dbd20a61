extension MQTTBroker {
    /// What is on its way to one client: mosquitto's `msgs_out` and its packets that wait for the socket, as `database.c` and `packet_mosq.c` of
    /// 2.0.11 handle them, step by step, since its order and its window are what these steps make of them:
    ///
    /// - QoS 0 knows no window and overtakes QoS 1 that waits for it.
    /// - A PUBACK opens the window not for one but for up to `maximum` minus the place of the acknowledged message, so that more than
    ///   `maximum` can be under way (20, then 39 after the first PUBACK).
    /// - What was written to a socket that is full does not expire any more, and its remaining expiry stays what it was.
    /// - Retained messages to a client whose socket is full wait until something else is written to it.
    struct Outgoing: Sendable {
        struct Entry: Sendable {
            let stored: Stored
            let id: UInt64
            let atLeastOnce: Bool
            let isRetained: Bool
            var isSent: Bool
        }

        enum Fate { case sent, queued, dropped }

        let connection: UInt64
        private let maximum: Int
        private var quota: Int
        private var lastID: UInt64 = 0
        /// Sent and not acknowledged, and what is about to be sent.
        private var inflight = MessageQueue<Entry>()
        /// QoS 1 for which there was no window.
        private var queued = MessageQueue<Entry>()
        /// Those of `inflight` that are not sent yet.
        private var unsent = 0
        private var isWritable = true
        /// Packets for the socket.
        private var waiting: [Output] = []
        private(set) var expired: UInt64 = 0
        private(set) var delivered: UInt64 = 0

        init(connection: UInt64, maximum: Int) {
            precondition((1...65_535).contains(maximum), "a receive maximum is 1…65 535")
            self.connection = connection
            self.maximum = maximum
            quota = maximum
        }

        /// `db__message_insert`.
        /// - Parameter writes: false for retained messages, which are written after the SUBACK.
        mutating func insert(
            _ stored: borrowing Stored, atLeastOnce: Bool, isRetained: Bool = false, writes: Bool = true, limits: borrowing BrokerLimits,
            second: Int64, into output: inout [Output]
        ) -> Fate {
            // The number is taken even if the message is dropped.
            if atLeastOnce { lastID += 1 }
            let id = atLeastOnce ? lastID : 0
            guard atLeastOnce ? quota > 0 : !isBacklogged(limits) else {
                if atLeastOnce, limits.queued.map({ inflight.count + queued.count - maximum < $0 }) ?? true {
                    queued.append(entry(stored, id, true, isRetained))
                    if writes {
                        writeLatest(second, into: &output)
                        fillWindow()
                    }
                    return .queued
                }
                output.append(.dropped(connection, stored.message.topic))
                return .dropped
            }
            if writes, unsent == 0, queued.isEmpty, inflight.count != 1 || inflight[0].stored.lastSecond == 0 {
                // What follows would come to the same.
                send(stored, id, atLeastOnce, isRetained, second, into: &output)
                if atLeastOnce {
                    quota -= 1
                    var entry = entry(stored, id, true, isRetained)
                    entry.isSent = true
                    inflight.append(entry)
                }
                return .sent
            }
            inflight.append(entry(stored, id, atLeastOnce, isRetained))
            unsent += 1
            if atLeastOnce { quota -= 1 }
            if writes {
                writeLatest(second, into: &output)
                fillWindow()
            }
            return .sent
        }

        /// PUBACK (`handle__pubackcomp`, `db__message_delete_outgoing`).
        mutating func acknowledge(_ id: UInt64, second: Int64, into output: inout [Output]) {
            quota = min(quota + 1, maximum)
            var place = 0
            while place < inflight.count, inflight[place].id != id { place += 1 }
            if place < inflight.count {
                if !inflight[place].isSent { unsent -= 1 }
                inflight.remove(at: place)
            }
            while place < maximum, !queued.isEmpty {
                place += 1
                admitFirst()
            }
            writeLatest(second, into: &output)
        }

        /// A packet that is no PUBLISH.
        mutating func write(_ packet: Output, into output: inout [Output]) {
            if isWritable { output.append(packet) } else { waiting.append(packet) }
        }

        /// After a SUBACK: the retained messages, if the socket takes them.
        mutating func writeRetained(second: Int64, into output: inout [Output]) {
            guard waiting.isEmpty else { return }
            fillWindow()
            writeLatest(second, into: &output)
        }

        mutating func setWritable(_ isWritable: Bool, into output: inout [Output]) {
            self.isWritable = isWritable
            guard isWritable, !waiting.isEmpty else { return }
            output += waiting
            waiting = []
        }

        /// `db__message_write_queued_out`.
        private mutating func fillWindow() {
            while quota > 0, !queued.isEmpty { admitFirst() }
        }

        /// `db__message_dequeue_first`.
        private mutating func admitFirst() {
            inflight.append(queued.remove(at: 0))
            unsent += 1
            if quota > 0 { quota -= 1 }
        }

        /// `db__message_write_inflight_out_latest`: from the last message that was sent, or from the first. The first is looked at again when it is
        /// the one before, so that it can expire although it was sent.
        private mutating func writeLatest(_ second: Int64, into output: inout [Output]) {
            guard !inflight.isEmpty else { return }
            var index = inflight.count - 1
            if index > 0 {
                while index > 0, !inflight[index].isSent { index -= 1 }
                if index > 0 { index += 1 }
            }
            while index < inflight.count {
                if writeOne(index, second, into: &output) { inflight.remove(at: index) } else { index += 1 }
            }
        }

        /// `db__message_write_inflight_out_single`.
        /// - Returns: whether the message is done with: sent with QoS 0, or expired.
        private mutating func writeOne(_ index: Int, _ second: Int64, into output: inout [Output]) -> Bool {
            let entry = inflight[index]
            if entry.stored.lastSecond != 0, second > entry.stored.lastSecond {
                if entry.atLeastOnce { quota = min(quota + 1, maximum) }
                if !entry.isSent {
                    unsent -= 1
                    expired += 1
                }
                return true
            }
            guard !entry.isSent else { return false }
            unsent -= 1
            inflight[index].isSent = true
            send(entry.stored, entry.id, entry.atLeastOnce, entry.isRetained, second, into: &output)
            return !entry.atLeastOnce
        }

        private mutating func send(
            _ stored: borrowing Stored, _ id: UInt64, _ atLeastOnce: Bool, _ isRetained: Bool, _ second: Int64, into output: inout [Output]
        ) {
            let left = stored.lastSecond == 0 ? 0 : stored.lastSecond - second
            delivered += 1
            let packet = Output.deliver(
                Delivery(
                    connection: connection, topic: stored.message.topic, content: stored.message.content, isEmpty: stored.message.isEmpty,
                    id: atLeastOnce ? id : nil, isRetained: isRetained, remainingSeconds: left > 0 ? UInt32(left) : nil,
                    sender: stored.message.sender))
            if isWritable { output.append(packet) } else { waiting.append(packet) }
        }

        private func entry(_ stored: borrowing Stored, _ id: UInt64, _ atLeastOnce: Bool, _ isRetained: Bool) -> Entry {
            Entry(stored: copy stored, id: id, atLeastOnce: atLeastOnce, isRetained: isRetained, isSent: false)
        }

        /// The packet that the socket has begun to take does not count.
        private func isBacklogged(_ limits: borrowing BrokerLimits) -> Bool {
            guard let backlog = limits.backlog else { return false }
            return waiting.count > backlog
        }
    }
}
