internal import CMosquitto
internal import EventLoop
internal import Glibc
internal import MQTT

extension MosquittoConnection {
    /// An instance that travels from the worker to the loop; only one of them has it at a time.
    struct Instance: @unchecked Sendable { let handle: OpaquePointer }

    /// Begins to connect; what comes of it is told to the client. With TLS a name is looked up again, which the worker does.
    func open(will: LastWill?) throws(MQTTError) {
        guard let made = mosquitto_new(settings.clientID, true, Unmanaged.passUnretained(self).toOpaque()) else {
            throw MQTTError(.library(call: "mosquitto_new", why: EventLoopError.text(of: errno)))
        }
        handle = made
        try Library.check("PROTOCOL_VERSION", mosquitto_int_option(made, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5))
        try Library.check("TCP_NODELAY", mosquitto_int_option(made, MOSQ_OPT_TCP_NODELAY, 1))
        try Library.check("RECEIVE_MAXIMUM", mosquitto_int_option(made, MOSQ_OPT_RECEIVE_MAXIMUM, 1000))
        try Library.check("SEND_MAXIMUM", mosquitto_int_option(made, MOSQ_OPT_SEND_MAXIMUM, 0))
        // Publishing then only queues; writing is the loop's business.
        try Library.check("threaded_set", mosquitto_threaded_set(made, true))
        setCallbacks(made)
        if let credentials = settings.login?.credentials ?? settings.address.credentials {
            try Library.check("the user and password", mosquitto_username_pw_set(made, credentials.user, credentials.password))
        }
        if let will {
            let result = mosquitto_will_set_v5(made, will.topic, Int32(clamping: will.payload.count), will.payload, 1, true, nil)
            try Library.check("the last will on '\(will.topic)'", result)
        }
        try setPacketLimit(made)
        guard settings.address.tls != nil else { return try openPlain(made) }
        try openTLS(Instance(handle: made))
    }

    private func setPacketLimit(_ made: OpaquePointer) throws(MQTTError) {
        // Room for the longest topic and some properties: a payload just over the limit should arrive and be counted.
        var properties: OpaquePointer?
        mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), UInt32(settings.maxInboundPayload + (128 << 10)))
        defer { mosquitto_property_free_all(&properties) }
        try Library.check("the CONNECT properties", wattline_store_connect_properties(made, properties))
    }

    private func openPlain(_ made: OpaquePointer) throws(MQTTError) {
        let result = mosquitto_connect_bind_async(made, address.host, Int32(address.port), keepAliveSeconds, settings.sourceAddress)
        let number = errno
        try opened(result, number)
    }

    private func openTLS(_ instance: Instance) throws(MQTTError) {
        let (settings, address, keepAlive) = (settings, address, keepAliveSeconds)
        handle = nil
        listen(instance.handle)
        let open = { @Sendable () -> TLSTrust.Opening in
            let trust: TLSTrust
            do throws(TLSProblem) { trust = try TLSTrust(settings.address) } catch { return .unusable(error) }
            let result = trust.use(instance.handle)
            guard result == MOSQ_ERR_SUCCESS.rawValue else { return .opened(trust, result, 0) }
            errno = 0
            // By name, which is told to the server; bound to the family of the address that was chosen.
            let connected = mosquitto_connect_bind_async(
                instance.handle, settings.address.host, Int32(address.port), keepAlive,
                settings.sourceAddress ?? (address.isIPv6 ? "::" : "0.0.0.0"))
            return .opened(trust, connected, errno)
        }
        // Nothing is looked up then, and a thread less is less memory.
        if (try? NumericAddress(host: settings.address.host, port: settings.address.port)) != nil {
            handle = instance.handle
            return try take(open())
        }
        // The receiver keeps this object, to which the instance points, alive.
        do throws(EventLoopError) {
            let accepted = try hub.resolver.worker().submit(open, then: { [self] outcome in openedTLS(instance, outcome) })
            if accepted { return }
        } catch {
            handle = instance.handle
            throw MQTTError(.library(call: "starting a thread", why: "\(error)"))
        }
        handle = instance.handle
        throw MQTTError(.library(call: "TLS", why: "too many connections are being opened at once"))
    }

    private func openedTLS(_ instance: Instance, _ outcome: TLSTrust.Opening) {
        guard !isClosed else { return withExtendedLifetime(outcome) { mosquitto_destroy(instance.handle) } }
        handle = instance.handle
        do throws(MQTTError) { try take(outcome) } catch {
            let transport = transport
            close()
            transport?.connectionEnded(self, error)
        }
    }

    private func take(_ outcome: TLSTrust.Opening) throws(MQTTError) {
        switch outcome {
        case .unusable(let problem): throw MQTTError(.tls(address: "\(address)", problem))
        case .opened(let trust, let result, let number):
            self.trust = trust
            // The library takes it for the beginning of a handshake.
            try opened(result == MOSQ_ERR_SUCCESS.rawValue && number == ECONNREFUSED ? MOSQ_ERR_ERRNO.rawValue : result, number)
        }
    }

    private func opened(_ result: Int32, _ number: Int32) throws(MQTTError) {
        guard let handle, result == MOSQ_ERR_SUCCESS.rawValue else {
            switch result {
            case MOSQ_ERR_ERRNO.rawValue: throw MQTTError(.unreachable(address: "\(address)", why: EventLoopError.text(of: number)))
            case _ where trust != nil: throw MQTTError(.tls(address: "\(address)", tlsProblem()))
            default: throw MQTTError(.unreachable(address: "\(address)", why: Library.text(of: result)))
            }
        }
        let descriptor = mosquitto_socket(handle)
        wattline_close_on_exec(descriptor)
        do {
            let token = try loop.watch(descriptor, [.read, .write]) { [weak self] in self?.ready($0) }
            source = (token, descriptor)
        } catch { throw MQTTError(.library(call: "watching the socket", why: "\(error)")) }
        hub.add(self)
    }

    private var keepAliveSeconds: Int32 { Int32(clamping: settings.keepAlive.components.seconds) }
}
