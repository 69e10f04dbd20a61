// A command to be taken along.

import { h } from "./dom.js";
import { toast } from "./toast.js";

/** The command with a button that copies it. */
export function copyable(command, label) {
    // Between its words it may be broken, and not at the hyphens of an id.
    const code = h("code", {}, ...command.split(/(?= )/).flatMap((word) => [word.match(/^ ?/)[0], h("span", {}, word.trimStart())]));
    return h("div", { class: "copyable" }, code, h("button", { type: "button", class: "plain", "aria-label": label, onclick: () => copy(command, code) }, "Copy"));
}

async function copy(words, code) {
    try {
        await navigator.clipboard.writeText(words);
        toast("Copied.");
    } catch {
        // Without HTTPS a browser gives nobody the clipboard: the person takes what is selected.
        getSelection().selectAllChildren(code);
        toast("Selected: copy it with Ctrl-C.", "info");
    }
}
