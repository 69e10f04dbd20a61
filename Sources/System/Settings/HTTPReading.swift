/// The right to read over HTTP what concerns people: who charges where, when and for how much.
public enum HTTPReading: String, Hashable, Sendable, CaseIterable {
    /// Whoever reaches the port.
    case open
    /// Whoever has signed in.
    case signedIn = "signed-in"
}
