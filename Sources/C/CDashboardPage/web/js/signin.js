// The form that asks for a secret, and says what was wrong with the last one.

import { at } from "./dom.js";

let asking = null;

/** Shows the form until `check` takes the secret or the person cancels. */
export function askForToken(words, check) {
    return (asking ??= ask(words, check).finally(() => { asking = null; }));
}

function ask(words, check) {
    const dialog = at("signin"), form = at("signin-form"), field = at("token"), error = at("signin-error");
    error.textContent = words;
    field.value = "";
    dialog.showModal();
    field.focus();
    return new Promise((resolve) => {
        const ended = new AbortController();
        const { signal } = ended;
        const end = (taken) => { ended.abort(); field.value = ""; dialog.close(); resolve(taken); };
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            // What cannot be in a header cannot be a secret; fetch would throw.
            if (!/^[\x21-\x7e]+$/.test(field.value)) { error.textContent = "A secret has no blanks and no letters beyond ASCII."; return; }
            error.textContent = "";
            try {
                await check(field.value);
                end(true);
            } catch (problem) {
                error.textContent = problem.message;
                field.select();
            }
        }, { signal });
        dialog.querySelector("[data-cancel]").addEventListener("click", () => end(false), { signal });
        dialog.addEventListener("cancel", (event) => { event.preventDefault(); end(false); }, { signal });
    });
}
