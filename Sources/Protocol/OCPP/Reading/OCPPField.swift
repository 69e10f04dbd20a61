/// The names of fields in payloads, spelled as in the specification.
enum OCPPField: String {
    // Texts and numbers of both versions.
    case connectorId, currentTime, data, errorCode, idTag, idTagInfo, idToken, idTokenInfo, info, interval, key, messageId, meterSerialNumber
    case reason, reservationId, status, timestamp, transactionId, type, value, vendorId
    // BootNotification.
    case chargeBoxSerialNumber, chargePointModel, chargePointSerialNumber, chargePointVendor, chargingStation, firmwareVersion, iccid, imsi
    case meterType, model, modem, serialNumber, vendorName
    // StatusNotification.
    case connectorStatus, evseId, vendorErrorCode
    // Tokens.
    case cacheExpiryDateTime, expiryDate, groupIdToken, parentIdTag
    // Transactions.
    case chargingState, eventType, evse, id, meterStart, meterStop, offline, remoteStartId, seqNo, stoppedReason, totalCost, transactionData
    case transactionInfo, triggerReason
    // Meter values.
    case context, encodingMethod, format, location, measurand, meterValue, multiplier, phase, publicKey, sampledValue, signedMeterData
    case signedMeterValue, signingMethod, unit, unitOfMeasure
    // What a backend asks, and what it is answered.
    case additionalInfo, attributeStatus, attributeType, attributeValue, component, configurationKey, getVariableData, getVariableResult, instance
    case listVersion, localAuthorizationList, name, operationalStatus, readonly, reasonCode, reportBase, requestId, requestedMessage
    case messagesInQueue, ongoingIndicator, setVariableData, setVariableResult, statusInfo, unknownKey, updateType, variable, versionNumber
}
