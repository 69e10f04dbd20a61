// What a station can be asked for: the fields of each command, what it is in JSON, and what is to be confirmed. No network.

const split = (words) => words.split(/[\s,]+/).filter(Boolean);

/** The words of a person who has written something that can't be sent. */
export class Unclear extends Error {}

function variable(line) {
    const dot = line.indexOf(".");
    if (dot < 1 || dot === line.length - 1) throw new Unclear(`“${line}”: expected a name like OCPPCommCtrlr.HeartbeatInterval`);
    return { component: line.slice(0, dot), variable: line.slice(dot + 1) };
}

function setting(line) {
    const equals = line.indexOf("=");
    if (equals < 0) throw new Unclear(`“${line}”: expected a setting like AlignedDataCtrlr.Interval=900`);
    return { ...variable(line.slice(0, equals).trim()), value: line.slice(equals + 1).trim() };
}

const lines = (words) => words.split("\n").map((line) => line.trim()).filter(Boolean);

function some(list, what) {
    if (!list.length) throw new Unclear(`Expected ${what}.`);
    return list;
}

const MESSAGES = ["BootNotification", "StatusNotification", "MeterValues", "Heartbeat", "FirmwareStatusNotification"];
const connector = (fields) => (fields.connector ? { connector: Number(fields.connector) } : {});

/** By their names in the list. `only`: the version that has it; `fields`: what is to be filled in; `asks`: what is confirmed first. */
export const WISHES = {
    "reset": { words: "Reset", wish: () => ({ command: "reset" }),
        asks: ({ name, version }) => [`Reset ${name}?`, version === "2.0.1" ? "It restarts as soon as nobody charges there." : "Charges there end first; then it restarts.", "Reset"] },
    "reset-at-once": { words: "Reset at once", wish: () => ({ command: "reset", immediate: true }),
        asks: ({ name }) => [`Reset ${name} at once?`, "It restarts now, whatever charges there.", "Reset at once"] },
    "unlock": { words: "Unlock a connector", fields: ["connector"], wish: (fields) => ({ command: "unlock", ...connector(fields) }),
        asks: ({ name }, { connector: number }) => [`Unlock connector ${number} of ${name}?`, "Its cable can be pulled out then. A charge there ends.", "Unlock"] },
    "trigger": { words: "Have it say something", fields: ["message", "somewhere"], wish: (fields) => ({ command: "trigger", message: fields.message, ...connector(fields) }) },
    "get-configuration": { words: "Show its configuration", only: "1.6", fields: ["keys"], wish: ({ keys }) => ({ command: "get-configuration", keys: split(keys) }) },
    "change-configuration": { words: "Change its configuration", only: "1.6", fields: ["key", "value"],
        wish: ({ key, value }) => ({ command: "change-configuration", key: some(key.trim(), "a key"), value }),
        asks: ({ name }, { key, value }) => [`Change ${key.trim()} of ${name}?`, `It becomes “${value}”. What it was is not kept here.`, "Change"] },
    "get-variables": { words: "Show variables", only: "2.0.1", fields: ["variables"],
        wish: ({ variables }) => ({ command: "get-variables", variables: some(split(variables), "a variable").map(variable) }) },
    "set-variables": { words: "Set variables", only: "2.0.1", fields: ["settings"],
        wish: ({ settings }) => ({ command: "set-variables", variables: some(lines(settings), "a setting").map(setting) }),
        asks: ({ name }, { settings }) => [`Set variables of ${name}?`, `${lines(settings).join(", ")}. What was there before is not kept here.`, "Set"] },
    "get-base-report": { words: "Show all its variables", only: "2.0.1", fields: ["base"], wish: ({ base }) => ({ command: "get-base-report", base }) },
    "clear-cache": { words: "Clear its cache of cards", wish: () => ({ command: "clear-cache" }) },
    "send-local-list": { words: "Send the list of cards", wish: () => ({ command: "send-local-list" }),
        asks: ({ name }) => [`Send all cards to ${name}?`, "They take the place of the list that it has: those cards charge there also while it is offline.", "Send"] },
    "get-local-list-version": { words: "Ask for the version of its list", wish: () => ({ command: "get-local-list-version" }) },
};

/** The commands that a version of OCPP has. */
export const wishesOf = (version) => Object.entries(WISHES).filter(([, { only }]) => !only || !version || only === version);

/** The messages that a station of a version can be triggered to say. */
export const messagesOf = (version) => [...MESSAGES, ...(version === "2.0.1" ? ["LogStatusNotification", "TransactionEvent"] : ["DiagnosticsStatusNotification"])];

/** The rest of an answer, a line each: keys and values, variables, pages of a list. */
export function details(result) {
    const { payload, reports = [], pages } = result ?? {};
    const found = [];
    for (const { key, value, readonly } of objects(payload?.configurationKey)) found.push([text(key), text(value), readonly ? "read only" : ""]);
    for (const key of list(payload?.unknownKey)) found.push([text(key), "", "not known there"]);
    for (const one of [...objects(payload?.getVariableResult), ...objects(payload?.setVariableResult)]) found.push([named(one), text(one.attributeValue), text(one.attributeStatus)]);
    for (const one of objects(reports).flatMap((report) => objects(report.reportData))) found.push([named(one), objects(one.variableAttribute).map(({ value }) => text(value)).join(", "), ""]);
    if (pages) found.push(["Pages", `${pages.taken} of ${pages.all}`, `version ${pages.version}`]);
    return found;
}

// A station says what it likes: what has another shape is left out, or shown as it came.
const list = (value) => Array.isArray(value) ? value : [];
const objects = (value) => list(value).filter((one) => typeof one === "object" && one !== null);
const text = (value) => typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
const named = ({ component, variable: one }) => `${text(component?.name)}${component?.evse ? `[${text(component.evse.id)}]` : ""}.${text(one?.name)}`;
