internal import ChargingModel
internal import JSON

/// Members of payloads by their names. Texts are cut to what the specification allows.
extension JSONWriter {
    mutating func text(_ name: OCPPField, _ text: String, _ limit: Int) { string(name.rawValue, text.cut(to: limit)) }
    mutating func text(_ name: OCPPField, ifPresent text: String?, _ limit: Int) { if let text { self.text(name, text, limit) } }
    mutating func word(_ name: OCPPField, _ word: some OCPPWord) { string(name.rawValue, word.rawValue) }
    mutating func word(_ name: OCPPField, ifPresent word: (some OCPPWord)?) { if let word { string(name.rawValue, word.rawValue) } }
    mutating func integer(_ name: OCPPField, _ value: some BinaryInteger) { integer(name.rawValue, value) }
    mutating func integer(_ name: OCPPField, ifPresent value: (some BinaryInteger)?) { if let value { integer(name.rawValue, value) } }
    mutating func bool(_ name: OCPPField, _ value: Bool) { bool(name.rawValue, value) }
    mutating func time(_ name: OCPPField, ifPresent time: OCPPTime?) { if let time { string(name.rawValue, time.wall.text) } }
    mutating func object(_ name: OCPPField, _ body: (inout JSONWriter) -> Void) { object(name.rawValue, body) }
    mutating func array(_ name: OCPPField, _ body: (inout JSONWriter) -> Void) { array(name.rawValue, body) }
    mutating func objects<Element>(_ name: OCPPField, _ elements: [Element], _ body: (Element, inout JSONWriter) -> Void) {
        array(name.rawValue) { array in
            for element in elements { array.object { body(element, &$0) } }
        }
    }
}
