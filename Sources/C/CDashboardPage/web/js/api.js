// Asking Central, and steering it. The secret lives in sessionStorage: it ends with the tab. Who that is, and what they may, Central says.

import { askForToken } from "./signin.js";

const KEY = "wattline-token";
const listeners = [];
let somebody = null;

export class Problem extends Error {
    /** `result`: what came of it all the same. */
    constructor(status, detail, result = null) {
        super(detail);
        Object.assign(this, { status, result });
    }
}

export const token = () => sessionStorage.getItem(KEY);
/** Who has signed in, as {name, role}; null before Central has said it. */
export const who = () => somebody;
export const onToken = (listener) => listeners.push(listener);
export const headers = (bearer = token()) => (bearer ? { Authorization: `Bearer ${bearer}` } : {});

export function setToken(value, whose = null) {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
    somebody = value ? whose : null;
    for (const listener of listeners) listener();
}

/** The answer's problem document as an error. */
export async function problemOf(answer) {
    const problem = await answer.json().catch(() => ({}));
    return new Problem(answer.status, problem.detail ?? problem.title ?? `Central answered ${answer.status}.`, problem.result);
}

async function call(method, path, bearer, wish) {
    let answer;
    try {
        answer = await fetch(path, { method, headers: headers(bearer), cache: "no-store", body: wish && JSON.stringify(wish) });
    } catch {
        throw new Problem(0, "Central does not answer.");
    }
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    throw await problemOf(answer);
}

export const get = (path) => call("GET", path, token());

/** Asks Central whose the kept secret is; one that does not hold any more is forgotten. */
export async function recognize() {
    const kept = token();
    if (!kept) return;
    try {
        const whose = await call("GET", "operators/me", kept);
        if (kept === token()) setToken(kept, whose);
    } catch (problem) {
        if (problem.status === 401 && kept === token()) setToken(null);
    }
}

/** Asks for a secret until Central takes it. False: the person gave up. */
export function signIn(words = "") {
    return askForToken(words, async (value) => setToken(value, await call("GET", "operators/me", value)));
}

/** Does it as who has signed in; asks for a secret where there is none, or where it is not taken any more. Null: the person gave up. */
export async function steer(method, path, wish) {
    if (!token() && !(await signIn())) return null;
    for (;;) {
        try {
            return await call(method, path, token(), wish);
        } catch (problem) {
            // They may less than the page thought.
            if (problem.status === 403) await recognize();
            if (problem.status !== 401) throw problem;
            setToken(null);
            if (!(await signIn(problem.message))) return null;
        }
    }
}
