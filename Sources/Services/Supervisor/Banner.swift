import Certificates
internal import Platform
import Settings
import Terminal

/// The first lines that `up` writes.
enum Banner {
    static func say(_ options: UpOptions, _ plan: ProcessPlan, _ log: Log) {
        let network = options.network
        let (points, drivers) = (network.points.count, network.drivers.count)
        let title = "⚡ Wattline network \(network.name): \(points) charge points, \(drivers) drivers, \(plan.processes.count) processes"
        let prefix = options.data.site.map { $0 + "/" } ?? ""
        let trust = options.isSecure ? "--cafile \(SecureBroker.store(options).authorityFile) " : ""
        let address = "\(trust)-h \(plan.broker.host) -p \(plan.broker.port)"
        if options.logFormat == .json {
            for notice in plan.notices { log.warning("⚠ \(notice)", event: "port_taken") }
            if options.isOpen { log.warning("⚠ \(open)", event: "open") }
            log.info(
                title, event: "starting",
                [
                    "network": .text(network.name), "broker": .text(plan.broker.description), "data": .text(options.data.base),
                    "http_port": .integer(plan.httpPort),
                ])
            return
        }
        log.info(title, event: "starting")
        for notice in plan.notices { log.warning("   ⚠ \(notice)", event: "port_taken") }
        if options.isOpen { log.warning("   ⚠ \(open)", event: "open") }
        var lines = [
            ("broker", "\(plan.broker)" + (plan.isOwnBroker ? " (our own mosquitto)" : "")), ("data", options.data.base),
            ("see", "\(options.isSecure ? "https" : "http")://127.0.0.1:\(plan.httpPort)"), ("steer", steer(options)),
            ("watch", "mosquitto_sub \(address) -v -t '\(prefix)cp/#'"),
        ]
        let data = " --data \(options.data.root)" + (options.data.site.map { " --site \($0)" } ?? "")
        if let point = network.points.first {
            let request = "-t \(prefix)driver/me/request -m '{\"cp\":\"\(point.id)\"}'"
            let program = options.asksForNames ? "wattline as\(data) driver me mosquitto_pub" : "mosquitto_pub \(address)"
            lines.append(("charge", "\(program) \(request)"))
        }
        for standby in plan.processes where standby.role == .central && standby.port != plan.httpPort {
            lines.append(("standby", "\(options.isSecure ? "https" : "http")://127.0.0.1:\(standby.port ?? 0) when it is that one's turn"))
        }
        if let port = plan.certificatePort { lines.append(("certify", "mqtts://127.0.0.1:\(port) is for those with a certificate of their own")) }
        lines.append(("break", "kill -9 any PID of: wattline ps\(data)"))
        lines.append(("stop", "Ctrl-C"))
        for (name, text) in lines { log.info("   \(name.padded(to: 8))\(text)", event: "starting") }
    }

    private static let open = "Open: the broker asks nobody for a name, so whoever is on this machine may say anything, as anybody"

    private static func steer(_ options: UpOptions) -> String {
        options.adminToken == nil
            ? "wattline operators add gives names; the shared token is in \(options.data.shared)/admin-token"
            : "wattline operators add gives names; the shared token is that of \(AllSettings.adminTokenVariable)"
    }
}
