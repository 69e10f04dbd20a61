internal import JSON

extension OCPPFields {
    /// A token of 1.6. As many characters are kept as 2.0.1 allows: a card is not to be taken for another because it is long.
    func idTag(_ name: OCPPField = .idTag) throws(OCPPFault) -> IDToken {
        IDToken(try text(name, IDToken.limit16, keeping: IDToken.limit))
    }

    func idTagIfPresent(_ name: OCPPField = .idTag) -> IDToken? {
        textIfPresent(name, IDToken.limit16, keeping: IDToken.limit).map { IDToken($0) }
    }

    /// A token of 2.0.1.
    func idToken(_ name: OCPPField = .idToken) throws(OCPPFault) -> IDToken {
        // The bare text, as in 1.6.
        if let value = value(name), value.kind == .string || value.kind == .number {
            remark(.missingField, .type)
            return IDToken(try text(name, IDToken.limit))
        }
        return try IDToken(object(name))
    }

    func idTokenIfPresent(_ name: OCPPField = .idToken) -> IDToken? {
        guard value(name) != nil else { return nil }
        let token = try? idToken(name)
        if token == nil { remark(.unreadableField, name) }
        return token
    }

    /// A backend's word on a token, as the version has it; `nil` when it says nothing.
    func tokenInfoIfPresent() throws(OCPPFault) -> TokenInfo? {
        let name: OCPPField = version == .v16 ? .idTagInfo : .idTokenInfo
        return value(name) == nil ? nil : try tokenInfo()
    }

    func tokenInfo() throws(OCPPFault) -> TokenInfo {
        switch version {
        case .v16:
            let info = try object(.idTagInfo)
            return TokenInfo(try info.word(.status), expires: info.timeIfPresent(.expiryDate), group: info.idTagIfPresent(.parentIdTag))
        case .v201:
            let info = try object(.idTokenInfo)
            return TokenInfo(
                try info.word(.status), expires: info.timeIfPresent(.cacheExpiryDateTime), group: info.idTokenIfPresent(.groupIdToken))
        }
    }
}

extension IDToken {
    fileprivate init(_ fields: OCPPFields) throws(OCPPFault) {
        self.init(try fields.text(.idToken, IDToken.limit), kind: fields.wordIfSaid(.type))
    }
}

extension JSONWriter {
    /// Writes a token as the version does; one without kind is `Central` in 2.0.1, which is what a backend's own ones are.
    mutating func token(_ token: IDToken, in version: OCPPVersion, _ name: OCPPField? = nil) {
        switch version {
        case .v16: text(name ?? .idTag, token.text, IDToken.limit16)
        case .v201:
            object(name ?? .idToken) { object in
                object.text(.idToken, token.text, IDToken.limit)
                object.word(.type, token.kind ?? .central)
            }
        }
    }

    mutating func token(ifPresent token: IDToken?, in version: OCPPVersion) { if let token { self.token(token, in: version) } }

    mutating func tokenInfo(_ info: TokenInfo, in version: OCPPVersion) {
        object(version == .v16 ? .idTagInfo : .idTokenInfo) { object in
            object.word(.status, info.status.nearest(in: version))
            object.time(version == .v16 ? .expiryDate : .cacheExpiryDateTime, ifPresent: info.expires)
            if let group = info.group { object.token(group, in: version, version == .v16 ? .parentIdTag : .groupIdToken) }
        }
    }

    mutating func tokenInfo(ifPresent info: TokenInfo?, in version: OCPPVersion) { if let info { tokenInfo(info, in: version) } }
}
