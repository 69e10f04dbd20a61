extension MQTTBroker {
    /// The messages on their way to one client: mosquitto's `msgs_out` and its packets that wait for the socket, as `database.c` and `packet_mosq.c`
    /// of 2.0.11 handle them, since its order and its window are what their steps make of them:
    ///
    /// - QoS 0 knows no window and overtakes QoS 1 that waits for it.
    /// - A PUBACK opens the window not for one but for up to `maximum` minus the place of the acknowledged message, so that more than `maximum` can
    ///   be under way (20, then 39 after the first PUBACK).
    /// - What was written to a socket that is full does not expire any more, and its remaining expiry stays what it was.
    /// - Retained messages to a client whose socket is full wait until something else is written to it.
    /// - A message that was sent and is the only one without a PUBACK can expire all the same, and its window opens.
    struct Outgoing: Sendable {
        struct Pending: Sendable {
            let stored: Stored
            /// The number to acknowledge; 0 for QoS 0.
            let id: UInt64
            let isRetained: Bool
        }

        struct Sent: Sendable {
            let id: UInt64
            let lastSecond: Int64
        }

        enum Fate { case sent, queued, dropped }

        let connection: UInt64
        private let maximum: Int
        private var quota: Int
        private var lastID: UInt64 = 0
        /// mosquitto's `inflight`: first what was sent and is not acknowledged, then what is about to be sent.
        private var unacknowledged = MessageQueue<Sent>()
        private var unsent = MessageQueue<Pending>()
        /// The QoS 1 messages for which there was no window.
        private var queued = MessageQueue<Pending>()
        /// The number of QoS 1 messages in all three queues.
        private var held = 0
        private var isWritable = true
        /// The packets that wait for the socket.
        private var waiting: [Output] = []
        private(set) var expired: UInt64 = 0
        private(set) var delivered: UInt64 = 0

        init(connection: UInt64, maximum: Int) {
            precondition((1...65_535).contains(maximum), "a receive maximum is 1…65 535")
            self.connection = connection
            self.maximum = maximum
            quota = maximum
        }

        /// Adds a message (`db__message_insert`).
        mutating func insert(
            _ stored: borrowing Stored, atLeastOnce: Bool, isRetained: Bool, limits: borrowing BrokerLimits, second: Int64,
            into output: inout [Output]
        ) -> Fate {
            // The number is taken even if the message is dropped.
            if atLeastOnce { lastID += 1 }
            let id = atLeastOnce ? lastID : 0
            if atLeastOnce ? quota > 0 : !isBacklogged(limits) {
                if atLeastOnce {
                    quota -= 1
                    held += 1
                }
                if !isRetained, isIdle {
                    send(stored, id, isRetained: false, second, into: &output)
                    return .sent
                }
                unsent.append(Pending(stored: copy stored, id: id, isRetained: isRetained))
            } else if atLeastOnce, limits.queued.map({ held - maximum < $0 }) ?? true {
                held += 1
                queued.append(Pending(stored: copy stored, id: id, isRetained: isRetained))
                guard !isRetained else { return .queued }
                writeLatest(second, into: &output)
                fillWindow()
                return .queued
            } else {
                output.append(.dropped(connection, stored.message.topic))
                return .dropped
            }
            // Retained messages are written after the SUBACK.
            guard !isRetained else { return .sent }
            writeLatest(second, into: &output)
            fillWindow()
            return .sent
        }

        /// Handles a PUBACK (`handle__pubackcomp`, `db__message_delete_outgoing`).
        mutating func acknowledge(_ id: UInt64, second: Int64, into output: inout [Output]) {
            quota = min(quota + 1, maximum)
            var place = 0
            while place < unacknowledged.count, unacknowledged[place].id != id { place += 1 }
            if place < unacknowledged.count {
                unacknowledged.remove(at: place)
                held -= 1
            } else {
                place += unsent.count
            }
            while place < maximum, !queued.isEmpty {
                place += 1
                admitFirst()
            }
            writeLatest(second, into: &output)
        }

        /// Writes a packet that is no PUBLISH.
        mutating func write(_ packet: Output, into output: inout [Output]) {
            if isWritable { output.append(packet) } else { waiting.append(packet) }
        }

        /// Writes the retained messages after a SUBACK, if the socket takes them.
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

        /// True when a message that is inserted is all that there is to write.
        private var isIdle: Bool { unsent.isEmpty && queued.isEmpty && (unacknowledged.count != 1 || unacknowledged[0].lastSecond == 0) }

        /// Fills the window from the queue (`db__message_write_queued_out`).
        private mutating func fillWindow() {
            while quota > 0, !queued.isEmpty { admitFirst() }
        }

        /// Admits the first message of the queue to the window (`db__message_dequeue_first`).
        private mutating func admitFirst() {
            unsent.append(queued[0])
            queued.remove(at: 0)
            if quota > 0 { quota -= 1 }
        }

        /// Writes the latest messages of the window (`db__message_write_inflight_out_latest`). It begins after the last message that was sent, but
        /// with it if it is the first of all.
        private mutating func writeLatest(_ second: Int64, into output: inout [Output]) {
            if unacknowledged.count == 1, isLate(unacknowledged[0].lastSecond, second) {
                unacknowledged.remove(at: 0)
                release()
            }
            while !unsent.isEmpty {
                let pending = unsent[0]
                unsent.remove(at: 0)
                if isLate(pending.stored.lastSecond, second) {
                    if pending.id > 0 { release() }
                    expired += 1
                } else {
                    send(pending.stored, pending.id, isRetained: pending.isRetained, second, into: &output)
                }
            }
        }

        private mutating func release() {
            quota = min(quota + 1, maximum)
            held -= 1
        }

        private func isLate(_ lastSecond: Int64, _ second: Int64) -> Bool { lastSecond != 0 && second > lastSecond }

        private mutating func send(
            _ stored: borrowing Stored, _ id: UInt64, isRetained: Bool, _ second: Int64, into output: inout [Output]
        ) {
            let left = stored.lastSecond == 0 ? 0 : stored.lastSecond - second
            delivered += 1
            let packet = Output.deliver(
                Delivery(
                    connection: connection, topic: stored.message.topic, content: stored.message.content, isEmpty: stored.message.isEmpty,
                    id: id > 0 ? id : nil, isRetained: isRetained, remainingSeconds: left > 0 ? UInt32(left) : nil,
                    sender: stored.message.sender))
            if isWritable { output.append(packet) } else { waiting.append(packet) }
            if id > 0 { unacknowledged.append(Sent(id: id, lastSecond: stored.lastSecond)) }
        }

        /// True when too many packets wait; the one that the socket has begun to take does not count.
        private func isBacklogged(_ limits: borrowing BrokerLimits) -> Bool {
            guard let backlog = limits.backlog else { return false }
            return waiting.count > backlog
        }
    }
}
