/// An oddity of stations in the field, which a station can be told to have.
public enum StationQuirk: String, Hashable, Sendable, CaseIterable {
    // The connection.
    /// Its messages come in fragments of a few bytes.
    case fragments
    /// It has a second connection before the first has ended, and ends the first a while later.
    case secondSocket = "second-socket"
    /// It stops reading and writing, and dials again, without ending the connection.
    case halfOpen = "half-open"
    /// It dials, and hangs up as soon as it is let in, a few times in a row.
    case redials
    /// Its id stands twice in the path.
    case doubledID = "doubled-id"
    /// It offers no subprotocol.
    case noSubprotocol = "no-subprotocol"
    /// It offers a subprotocol that nobody has.
    case wrongSubprotocol = "wrong-subprotocol"

    // RPC.
    /// It sends each call twice, with the same id.
    case doubledCalls = "doubled-calls"
    /// It answers calls that nobody made.
    case answersNothing = "answers-nothing"
    /// It takes 20 s for each answer.
    case slow
    /// It answers nothing that it is asked.
    case silent
    /// Now and then a frame is no JSON.
    case brokenJSON = "broken-json"
    /// Payloads have fields that nobody knows.
    case unknownFields = "unknown-fields"
    /// Numbers in quotes (2.0.1), and texts that are numbers without them (1.6).
    case swappedTypes = "swapped-types"
    /// Texts hold NULs.
    case nulBytes = "nul-bytes"
    /// Now and then a frame is almost a megabyte long.
    case longFrames = "long-frames"

    // What it says of itself.
    /// It never says that it has booted.
    case noBoot = "no-boot"
    /// It says how its connectors are before it says that it has booted.
    case statusFirst = "status-first"
    /// Its times have no zone.
    case noZone = "no-zone"
    /// The zone of its times is `+00`.
    case shortZone = "short-zone"
    /// Its clock was never set: it is 1970.
    case year1970 = "year-1970"
    /// Its clock is five hours slow.
    case slowClock = "slow-clock"
    /// Its clock is five hours fast.
    case fastClock = "fast-clock"

    // Transactions.
    /// It says a start again in the next connection, although it was answered.
    case repeatsStart = "repeats-start"
    /// It stops transaction 0, whatever the number was (1.6).
    case stopsZero = "stops-zero"
    /// It stops transaction −1 (1.6).
    case stopsMinusOne = "stops-minus-one"
    /// It numbers the events of a transaction with gaps (2.0.1).
    case seqNoGaps = "seq-no-gaps"
    /// It tells the end of a transaction before what came in between (2.0.1).
    case endedFirst = "ended-first"
    /// A tag longer than the version allows.
    case longTag = "long-tag"
    /// It says Scheduled to every ChangeAvailability, and obeys.
    case scheduled
    /// It takes the card that is in its holder for the one of a remote start.
    case ownTag = "own-tag"

    // The register.
    /// The values in between count from the beginning of the transaction (1.6).
    case countsPerSession = "counts-per-session"
    /// The register begins at zero after each boot.
    case resetsRegister = "resets-register"
    /// Now and then a value in between is 910 kWh more than it is.
    case absurdValues = "absurd-values"
    /// Values in between are in kWh.
    case kilowattHours = "kilowatt-hours"
    /// It says register, power, currents and voltages of each phase, and signed data.
    case manyValues = "many-values"

    /// The oddity in a few words.
    public var summary: String {
        switch self {
        case .fragments: "messages come in fragments of 64 bytes"
        case .secondSocket: "a second connection before the first has ended"
        case .halfOpen: "stops reading and writing without a word, and dials again"
        case .redials: "dials, and hangs up when it is let in, a few times in a row"
        case .doubledID: "the id stands twice in the path"
        case .noSubprotocol: "offers no subprotocol"
        case .wrongSubprotocol: "offers a subprotocol that nobody has: ocpp1.5"
        case .doubledCalls: "sends each call twice, with the same id"
        case .answersNothing: "answers calls that nobody made"
        case .slow: "takes 20 s for each answer"
        case .silent: "answers nothing that it is asked"
        case .brokenJSON: "now and then a frame is no JSON"
        case .unknownFields: "payloads have fields that nobody knows"
        case .swappedTypes: "numbers in quotes (2.0.1), texts without them (1.6)"
        case .nulBytes: "texts hold NULs"
        case .longFrames: "now and then a frame is almost a megabyte long"
        case .noBoot: "never says that it has booted"
        case .statusFirst: "says how its connectors are before it has booted"
        case .noZone: "times without a zone"
        case .shortZone: "times with the zone +00"
        case .year1970: "a clock that was never set"
        case .slowClock: "a clock that is five hours slow"
        case .fastClock: "a clock that is five hours fast"
        case .repeatsStart: "says a start again, that was answered, in the next connection"
        case .stopsZero: "stops transaction 0 (1.6)"
        case .stopsMinusOne: "stops transaction -1 (1.6)"
        case .seqNoGaps: "numbers events with gaps (2.0.1)"
        case .endedFirst: "tells the end before what came in between (2.0.1)"
        case .longTag: "tags longer than the version allows"
        case .scheduled: "says Scheduled to every ChangeAvailability, and obeys"
        case .ownTag: "begins a remote start with a card of its own"
        case .countsPerSession: "values in between count from the beginning of the session (1.6)"
        case .resetsRegister: "the register begins at zero after each boot"
        case .absurdValues: "now and then a value of 910 kWh too much"
        case .kilowattHours: "values in between in kWh"
        case .manyValues: "register, power, currents, voltages of each phase, signed data"
        }
    }
}
