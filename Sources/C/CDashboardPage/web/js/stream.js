// The stream of events, and whether it is alive: it is opened again whenever it breaks or falls silent.

const SILENCE_MS = 12_000;
const SLOWEST_MS = 5_000;

export function follow({ onSnapshot, onChange, onBeat, onLink }) {
    let source = null, lastId = null, heard = 0, failures = 0, retry = null;

    function open() {
        clearTimeout(retry);
        retry = null;
        source?.close();
        heard = performance.now();
        source = new EventSource("events" + (lastId ? `?last=${encodeURIComponent(lastId)}` : ""));
        source.addEventListener("snapshot", (event) => take(event, onSnapshot));
        source.addEventListener("change", (event) => isNew(event.lastEventId) && take(event, onChange));
        source.addEventListener("beat", (event) => { alive(); onBeat(JSON.parse(event.data)); });
        source.onerror = lost;
    }

    function take(event, then) {
        const before = failures;
        alive();
        lastId = event.lastEventId || lastId;
        try {
            then(JSON.parse(event.data));
        } catch (error) {
            // What could not be taken may have been taken by half: all of it anew.
            lastId = null;
            failures = before;
            lost();
            throw error;
        }
    }

    // The number of an event within one run of Central; what was seen is not taken twice.
    function isNew(id) {
        if (!id || !lastId) return true;
        const cut = id.lastIndexOf("-"), lastCut = lastId.lastIndexOf("-");
        return id.slice(0, cut) !== lastId.slice(0, lastCut) || Number(id.slice(cut + 1)) > Number(lastId.slice(lastCut + 1));
    }

    function alive() {
        heard = performance.now();
        failures = 0;
        onLink(true);
    }

    // The browser's own retry gives up after an HTTP error (a proxy's 502), so all retries are ours.
    function lost() {
        source?.close();
        source = null;
        onLink(false);
        if (retry) return;
        const wait = Math.min(SLOWEST_MS, 500 * 2 ** failures++) * (0.75 + Math.random() / 2);
        retry = setTimeout(open, wait);
    }

    setInterval(() => { if (source && performance.now() - heard > SILENCE_MS) lost(); }, 1000);
    addEventListener("online", () => { if (!source) open(); });
    addEventListener("offline", lost);
    addEventListener("pagehide", () => source?.close());
    addEventListener("pageshow", (event) => { if (event.persisted) open(); });
    open();
}
