/// The name of a variable of a component of a station (2.0.1 part 2, GetVariableDataType).
public struct VariableName: Hashable, Sendable, CustomStringConvertible {
    /// The kind of value (AttributeEnumType); `nil`: the actual one.
    public enum Attribute: String, Hashable, Sendable, OCPPWord {
        case actual = "Actual"
        case target = "Target"
        case least = "MinSet"
        case most = "MaxSet"
    }

    public var component: String
    public var componentInstance: String?
    public var place: ConnectorPlace?
    public var variable: String
    public var variableInstance: String?
    public var attribute: Attribute?

    public init(
        _ component: String, _ variable: String, componentInstance: String? = nil, place: ConnectorPlace? = nil, variableInstance: String? = nil,
        attribute: Attribute? = nil
    ) {
        self.component = component
        self.componentInstance = componentInstance
        self.place = place
        self.variable = variable
        self.variableInstance = variableInstance
        self.attribute = attribute
    }

    /// `OCPPCommCtrlr.HeartbeatInterval`.
    public var description: String { "\(component).\(variable)" }
}

/// A variable and the value that it shall have (SetVariableDataType).
public struct VariableSetting: Hashable, Sendable {
    public var name: VariableName
    public var value: String

    public init(_ name: VariableName, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A variable as a station answers for it (GetVariableResultType, SetVariableResultType).
public struct VariableResult: Hashable, Sendable {
    public var name: VariableName
    public var status: AnswerStatus
    /// The value that was asked for; `nil` when there is none, and for one that was set.
    public var value: String?

    public init(_ name: VariableName, _ status: AnswerStatus, value: String? = nil) {
        self.name = name
        self.status = status
        self.value = value
    }
}

/// A configuration key of 1.6 with its value (KeyValue).
public struct ConfigurationEntry: Hashable, Sendable {
    public var key: String
    public var isReadOnly: Bool
    /// The value; `nil` when it is not told.
    public var value: String?

    public init(_ key: String, isReadOnly: Bool, value: String?) {
        self.key = key
        self.isReadOnly = isReadOnly
        self.value = value
    }
}
