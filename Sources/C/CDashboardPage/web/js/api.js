// Asking Central, and steering it. The token lives in sessionStorage: it ends with the tab.

import { askForToken } from "./signin.js";

const KEY = "wattline-token";
const listeners = [];

export class Problem extends Error {
    constructor(status, detail) {
        super(detail);
        this.status = status;
    }
}

export const token = () => sessionStorage.getItem(KEY);
export const onToken = (listener) => listeners.push(listener);

export function setToken(value) {
    if (value) sessionStorage.setItem(KEY, value);
    else sessionStorage.removeItem(KEY);
    for (const listener of listeners) listener(value);
}

async function call(method, path, bearer) {
    let answer;
    try {
        answer = await fetch(path, { method, headers: bearer ? { Authorization: `Bearer ${bearer}` } : {}, cache: "no-store" });
    } catch {
        throw new Problem(0, "Central does not answer.");
    }
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const problem = await answer.json().catch(() => ({}));
    throw new Problem(answer.status, problem.detail ?? problem.title ?? `Central answered ${answer.status}.`);
}

export const get = (path) => call("GET", path);

/** Asks for the token until Central takes it. False: the person gave up. */
export function signIn(words = "") {
    return askForToken(words, async (value) => {
        await call("POST", "token/check", value);
        setToken(value);
    });
}

/** Does it with the token; asks for one where there is none, or where it is not taken any more. Null: the person gave up. */
export async function steer(method, path) {
    if (!token() && !(await signIn())) return null;
    for (;;) {
        try {
            return await call(method, path, token());
        } catch (problem) {
            if (problem.status !== 401) throw problem;
            setToken(null);
            if (!(await signIn(problem.message))) return null;
        }
    }
}
