// The form in which an operator asks a station for something, and what the station answered.

import { at, h, table } from "./dom.js";
import { icon } from "./icons.js";
import { steer } from "./api.js";
import { confirmed } from "./steering.js";
import { details, messagesOf, Unclear, WISHES, wishesOf } from "./wishes.js";

const option = (value, words = value) => h("option", { value }, words);
const choice = (name, options) => h("select", { name }, ...options);
const line = (name, more = {}) => h("input", { name, autocomplete: "off", spellcheck: "false", ...more });
const numbers = ({ connectors }) => connectors.map(({ number }) => option(String(number)));

/** What is filled in, by name: [label, element]. */
const FIELDS = {
    connector: (station) => ["Connector", choice("connector", station.connectors.length ? numbers(station) : [option("1")])],
    somewhere: (station) => ["Where", choice("connector", [option("", "the whole station"), ...numbers(station)])],
    message: ({ version }) => ["Message", choice("message", messagesOf(version).map((name) => option(name)))],
    keys: () => ["Keys; none: all", line("keys", { placeholder: "HeartbeatInterval MeterValueSampleInterval" })],
    key: () => ["Key", line("key", { maxlength: "64", placeholder: "HeartbeatInterval" })],
    value: () => ["Value", line("value", { maxlength: "1024" })],
    variables: () => ["Variables", line("variables", { placeholder: "OCPPCommCtrlr.HeartbeatInterval" })],
    settings: () => ["Settings, one on a line", h("textarea", { name: "settings", rows: "3", spellcheck: "false", placeholder: "AlignedDataCtrlr.Interval=900" })],
    base: () => ["Which", choice("base", [option("ConfigurationInventory", "those that can be set"), option("FullInventory", "all"), option("SummaryInventory", "a summary")])],
};

export class Commands {
    constructor() {
        this.form = at("s-form");
        at("s-command").addEventListener("change", () => this.fields());
        this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    }

    /** Another station, or the same one as it is now: what a person has begun to write stays. */
    of(station) {
        this.station = station;
        const key = station ? `${station.station} ${station.version} ${station.connectors.map(({ number }) => number)}` : "";
        if (key === this.key) return;
        const isOther = station?.station !== this.key?.split(" ")[0];
        this.key = key;
        if (!station) return;
        const command = at("s-command"), chosen = command.value;
        command.replaceChildren(...wishesOf(station.version).map(([name, { words }]) => option(name, words)));
        if (!isOther && [...command.options].some(({ value }) => value === chosen)) command.value = chosen;
        if (isOther) at("s-answer").replaceChildren();
        this.fields();
    }

    fields() {
        const { fields = [] } = WISHES[at("s-command").value];
        at("s-fields").replaceChildren(...fields.map((name) => {
            const [label, element] = FIELDS[name](this.station);
            return h("label", { class: "field" }, label, element);
        }));
    }

    async send() {
        if (this.isAsking) return;
        const { wish, asks } = WISHES[at("s-command").value], { station } = this;
        const filled = Object.fromEntries(new FormData(this.form));
        let words;
        try {
            words = wish(filled);
        } catch (problem) {
            if (!(problem instanceof Unclear)) throw problem;
            this.tell("bad", problem.message);
            return;
        }
        if (asks && !await confirmed(...asks(station, filled))) return;
        this.isAsking = true;
        at("s-send").setAttribute("aria-disabled", "true");
        this.tell("wait", `Asking ${station.name}`);
        try {
            const result = await steer("POST", `stations/${station.station}/commands`, words);
            this.answered(station, result ? "good" : "info", result ? sentence(result.words) : "Nothing was asked.", result);
        } catch (problem) {
            this.answered(station, "bad", problem.message, problem.result);
        } finally {
            this.isAsking = false;
            at("s-send").removeAttribute("aria-disabled");
        }
    }

    /** What came of it, unless the person looks at another station by now. */
    answered(station, level, words, result) {
        if (station.station !== this.station?.station) return;
        this.tell(level, words);
        const found = details(result);
        if (found.length) at("s-answer").append(h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "What it answered" }, table(["Name", "Value", "Note"], found, "")));
    }

    tell(level, words) { at("s-answer").replaceChildren(h("p", { class: "sign", "data-level": level }, icon(level), h("span", {}, words))); }
}

const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;
