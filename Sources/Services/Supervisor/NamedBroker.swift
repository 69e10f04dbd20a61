import Certificates
internal import ChargingModel
import Glibc
import Identities
import Platform
import Settings

/// A broker of `up` that asks everybody for a name.
enum NamedBroker {
    /// The file name of the broker's plugin.
    private static let plugin = "wattline-access.so"

    /// Gives names to all of the network who have none yet.
    /// - Returns: why some have none, where the broker can go on with those that there are.
    static func giveNames(_ options: UpOptions, _ broker: BrokerURL) throws -> IdentityError? {
        let network = options.network
        let store = store(options)
        do throws(IdentityError) {
            let all = try Identity.all(points: network.points.map(\.id.text), drivers: network.drivers.map(\.id.text))
            try store.add(all, broker: broker, authority: broker.isSecure ? SecureBroker.store(options).authorityFile : nil)
            return nil
        } catch {
            guard store.exists else { throw error }
            return error
        }
    }

    private static func store(_ options: UpOptions) -> IdentityStore { IdentityStore(directory: options.data.credentials, site: options.data.site) }

    /// The lines of `mosquitto.conf` by which the broker asks.
    static func configuration(_ options: UpOptions) throws(UpError) -> String {
        let secure = SecureBroker.store(options)
        let certificates = """
            plugin_opt_certificate_file \(secure.serverFile)
            plugin_opt_key_file \(secure.serverKeyFile)
            plugin_opt_clients_file \(secure.clientsFile)

            """
        return """

            # Who may connect, publish and read. What is kept was allowed when it was published, also of who is gone since.
            check_retain_source false
            plugin \(try findPlugin())
            plugin_opt_access_file \(store(options).accessFile)

            """ + (options.isSecure ? certificates : "")
    }

    private static func findPlugin() throws(UpError) -> String {
        let beside = executablePath().flatMap { ancestors(of: $0).first }
        let places = [beside, "/usr/lib/wattline", "/usr/local/lib/wattline"].compactMap(\.self).map { "\($0)/\(plugin)" }
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw UpError(
                "the broker's plugin \(plugin) is not there: make build makes it. Looked for \(places.joined(separator: ", ")). "
                    + "Without it: wattline up --open, which asks nobody for a name", .unavailable)
        }
        return found
    }
}
