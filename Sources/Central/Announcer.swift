internal import ChargingModel
internal import EventLoop
internal import HomeAssistant
internal import Shell

/// Tells Home Assistant of the points. Bound to Central's loop.
final class Announcer {
    /// Where it hears of Home Assistant.
    let topics: [String]
    /// What has the broker keep a message.
    var publish: (DiscoveryMessage) -> Void = { _ in }
    private var book: DiscoveryBook
    private var timer: CoreTimer?

    init(loop: EventLoop, discovery: DeviceDiscovery) {
        topics = [discovery.birthTopic]
        book = DiscoveryBook(discovery)
        timer = CoreTimer(loop) { [weak self] in self?.say() }
    }

    func connected() {
        book.connected()
        say()
    }

    func disconnected() {
        book.disconnected()
        say()
    }

    func hears(_ info: ChargePointInfo) {
        book.hears(info)
        say()
    }

    func hears(topic: String, payload: [UInt8], retained: Bool) {
        book.hears(topic: topic, payload: payload, retained: retained)
        say()
    }

    func forgets(_ cp: ChargePointID) { publish(book.forget(cp)) }

    private func say() {
        for message in book.due(at: EventLoop.present().monotonic) { publish(message) }
        timer?.set(book.deadline)
    }
}
