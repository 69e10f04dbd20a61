// Server-sent events by fetch: unlike EventSource it can say who reads.

/** Calls `then({ type, id, data })` for each event, until the body ends. */
export async function eachEvent(body, then) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        rest += value;
        // A snapshot comes in many parts: it is looked through when it may be whole.
        if (!value.includes("\n")) continue;
        const blocks = rest.split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
            const event = parse(block);
            if (event.data) then(event);
        }
    }
}

function parse(block) {
    const event = { type: "message", id: "", data: "" };
    for (const line of block.split("\n")) {
        const colon = line.indexOf(": ");
        const name = line.slice(0, colon);
        if (name === "event") event.type = line.slice(colon + 2);
        else if (name === "id") event.id = line.slice(colon + 2);
        else if (name === "data") event.data = line.slice(colon + 2);
    }
    return event;
}
