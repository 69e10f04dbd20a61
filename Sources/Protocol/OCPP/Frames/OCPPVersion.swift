internal import ChargingModel

/// A version of OCPP over WebSocket with JSON.
public enum OCPPVersion: String, Hashable, Sendable, CaseIterable {
    /// OCPP 1.6-J (edition 2), with the security extensions of its white paper.
    case v16 = "1.6"
    case v201 = "2.0.1"

    /// Its name in `Sec-WebSocket-Protocol` (OCPP-J 3.1.2; 2.0.1 part 4, 3.1.2).
    public var subprotocol: String { "ocpp" + rawValue }
}

/// The outcome of the offer of subprotocols with which a station opens its WebSocket.
public enum SubprotocolChoice: Hashable, Sendable {
    /// A version both speak, and its name as the station wrote it, which is what the answer must repeat.
    case agreed(OCPPVersion, name: String)
    /// Nothing was offered, and this is what the station is known to speak; the answer names no subprotocol.
    case assumed(OCPPVersion)
    /// Nothing in common, with the reason in words for whoever set the station up.
    case refused(String)

    /// Chooses among what a station offers.
    /// - Parameters:
    ///   - offered: the values of its `Sec-WebSocket-Protocol` headers, each perhaps a list with commas.
    ///   - ours: what we speak, the preferred one first: our order decides, not the station's.
    ///   - assumed: what a station that offers nothing is known to speak.
    public init(offered: [String], ours: [OCPPVersion] = [.v201, .v16], assuming assumed: OCPPVersion? = nil) {
        let names = offered.flatMap { $0.split(separator: ",") }.map(\.trimmed).filter { !$0.isEmpty }
        for version in ours {
            if let name = names.first(where: { $0.lowercased() == version.subprotocol }) {
                self = .agreed(version, name: name)
                return
            }
        }
        let spoken = ours.map(\.subprotocol).joined(separator: " or ")
        if !names.isEmpty {
            let list = names.prefix(8).joined(separator: ", ").bounded(to: 100)
            self = .refused("the station offers the WebSocket subprotocol \(list); set it to \(spoken)")
        } else if let assumed {
            self = .assumed(assumed)
        } else {
            self = .refused(
                "the station offers no WebSocket subprotocol (Sec-WebSocket-Protocol); set it to \(spoken), or have 1.6 assumed for this station")
        }
    }
}

extension Substring {
    /// The text without spaces and tabs around it.
    fileprivate var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
