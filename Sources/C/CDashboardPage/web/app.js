// Ties the stream to the store and the store to the screen: events alter the state at once, the screen follows at its own pace.

import * as store from "./js/store.js";
import { follow } from "./js/stream.js";
import { Grid } from "./js/grid.js";
import { Detail } from "./js/detail.js";
import { Stations } from "./js/stations.js";
import { StationSheet } from "./js/station.js";
import { buildFilters, countStates } from "./js/filters.js";
import { showTotals } from "./js/totals.js";
import { showClosed, showOpen } from "./js/sessions.js";
import { buildLog, showLog } from "./js/log.js";
import { showClock, showStatus } from "./js/status.js";
import { buildKeys } from "./js/keys.js";
import { onToken, recognize, setToken, signIn, token, who } from "./js/api.js";
import { allOutOfOrder, resumeAll } from "./js/steering.js";
import { toast } from "./js/toast.js";
import { at } from "./js/dom.js";

const state = store.empty();
const grid = new Grid(state);
const stations = new Stations(state, () => sheet?.show());
// Before that of points: a sheet that closes leaves the keyboard to the one that opens.
let sheet = new StationSheet({ find: (id) => stations.find(id), focusRow: (id) => stations.focus(id) });
const detail = new Detail(state, (cp) => grid.focus(cp));
let link = "connecting", failed = false, dirty = store.nothingNew(), frame = 0;

// Readings come once a second from each point: ten pictures a second are enough for a thousand of them.
const PACE_MS = 100;
let waiting = null, drawn = 0;

function note(more) {
    store.merge(dirty, more);
    if (frame || waiting) return;
    const wait = PACE_MS - (performance.now() - drawn);
    if (wait > 0) waiting = setTimeout(() => { waiting = null; frame = requestAnimationFrame(render); }, wait);
    else frame = requestAnimationFrame(render);
}

function render() {
    frame = 0;
    drawn = performance.now();
    const now = dirty;
    dirty = store.nothingNew();
    grid.render(now);
    if (now.all || now.points.size || now.removed.size) countStates(state.points);
    if (now.all || now.totals || now.readings.size) showTotals(state);
    if (now.all || now.sessions) showOpen(state);
    if (now.all || now.closed) showClosed(state);
    if (now.all || now.log.length) showLog(state, now);
    if (now.all || now.status) showStatus(state, link, failed);
    showClock(state.now, link);
    detail.render(now);
    stations.render(now);
}

function setLink(up) {
    failed ||= !up;
    const next = up ? "live" : state.instance ? "lost" : "connecting";
    if (next === link && up) return;
    link = next;
    showStatus(state, link, failed);
}

buildKeys();
buildFilters(() => grid.sift());
buildLog(state);
at("all-out").addEventListener("click", () => allOutOfOrder(state.totals));
at("all-resume").addEventListener("click", resumeAll);
at("sign").addEventListener("click", async () => {
    if (!token()) {
        if (await signIn()) toast(`Signed in as ${who().name}.`);
        return;
    }
    setToken(null);
    // Where Central tells those alone who have signed in, nothing of it stays on the screen.
    const answer = await fetch("cp", { method: "HEAD", cache: "no-store" }).catch(() => null);
    if (answer?.ok) toast("Signed out.", "info");
    else location.reload();
});

function showWho() {
    const somebody = who();
    at("sign").textContent = token() ? "Sign out" : "Sign in";
    at("who").hidden = !somebody;
    at("who").textContent = somebody ? `${somebody.name}, ${somebody.role}` : "";
    // The style sheet offers nobody what they may not do.
    document.body.dataset.role = somebody?.role ?? "";
}
onToken(showWho);
showWho();
recognize();

async function denied(problem) {
    if (token()) setToken(null);
    at("nothing").querySelector(".lead").textContent = "Sign in to see the network";
    at("nothing").querySelector(".hint").textContent = "Central shows it to those alone who have a name.";
    while (!token()) if (!await signIn(problem.message)) await new Promise((resolve) => { onToken(resolve); });
}

sheet.follow();
detail.follow();

follow({
    onSnapshot: (message) => note(store.snapshot(state, message)),
    onChange: (message) => note(store.change(state, message)),
    onBeat: ({ now }) => {
        state.now = now;
        grid.age();
        // The days to the end of a certificate go by, too.
        note({ ...store.nothingNew(), totals: true, status: true });
    },
    onLink: setLink,
    onDenied: denied,
});
