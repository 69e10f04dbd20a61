/// A file that mosquitto has saved, read as far as to find what mosquitto itself loads without a word and nobody can use.
///
/// The form is that of mosquitto 2 (versions 5 and 6 of its `persist.h`): 15 bytes `\0\xB5\0mosquitto db`, a checksum of 4 bytes that is not used,
/// the version in 4, then chunks: 4 bytes kind, 4 bytes length, numbers with the highest byte first. A message is a chunk of kind 2: the lengths of
/// its source's id and name and of its topic at 22, 24 and 26, then from 32 on these texts, the payload and its properties.
struct BrokerSave {
    private let bytes: [UInt8]

    /// Reads a file; `nil` for another form: then the broker itself has to say what it thinks of it.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.starts(with: Array("\0".utf8) + [0xB5, 0] + Array("mosquitto db".utf8)), let version = number(at: 19),
            version == 5 || version == 6
        else { return nil }
    }

    /// The fault in it, in words; `nil` when nothing was found.
    ///
    /// Of a file that breaks off mosquitto loads what it can, or nothing, often without a word. A topic that is no text in MQTT's sense (5.0, 1.5.4)
    /// it sends to subscribers, and their libraries must hang up.
    var damage: String? {
        var place = 23
        while place < bytes.count {
            let start = place + 8
            guard let kind = number(at: place), let length = number(at: place + 4), length <= bytes.count - start else {
                return "it is damaged at byte \(place)"
            }
            if kind == 2, let topic = topic(in: bytes[start..<start + length]), !isText(topic) {
                return "a retained topic is no text (\(String(decoding: topic, as: UTF8.self)))"
            }
            place = start + length
        }
        return nil
    }

    /// True for UTF-8 without control characters and without what Unicode calls no character.
    private func isText(_ topic: ArraySlice<UInt8>) -> Bool {
        guard let text = String(validating: topic, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0xFDD0...0xFDEF: false
            default: scalar.value & 0xFFFE != 0xFFFE
            }
        }
    }

    private func topic(in message: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard message.count >= 32 else { return nil }
        func half(_ offset: Int) -> Int { Int(message[message.startIndex + offset]) << 8 | Int(message[message.startIndex + offset + 1]) }
        let topic = message.dropFirst(32 + half(22) + half(24)).prefix(half(26))
        return topic.count == half(26) ? topic : nil
    }

    private func number(at place: Int) -> Int? {
        guard place + 4 <= bytes.count else { return nil }
        return bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }
}
