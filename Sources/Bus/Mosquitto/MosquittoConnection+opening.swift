internal import CMosquitto
internal import EventLoop
internal import Glibc
internal import MQTT

extension MosquittoConnection {
    /// Begins to connect to the address; what comes of it is told to the client.
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
        if settings.address.tls == nil { try openPlain(made) } else { try openTLS(made) }
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

    /// To the address as well: the name, which may stand for several, is what the certificate must be for, and what the broker is told.
    private func openTLS(_ made: OpaquePointer) throws(MQTTError) {
        listen(made)
        let trust: TLSTrust
        do throws(TLSProblem) { trust = try TLSTrust(settings.address) } catch { throw MQTTError(.tls(address: "\(address)", error)) }
        try Library.check("TLS", trust.use(made))
        self.trust = trust
        errno = 0
        let result = mosquitto_connect_bind_async(made, address.host, Int32(address.port), keepAliveSeconds, settings.sourceAddress)
        let number = errno
        // The library takes it for the beginning of a handshake.
        try opened(result == MOSQ_ERR_SUCCESS.rawValue && number == ECONNREFUSED ? MOSQ_ERR_ERRNO.rawValue : result, number)
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
