// ChargingProtocol
