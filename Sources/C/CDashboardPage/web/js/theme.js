// A classic script in the head, not a module: the wish must be known before the first paint.
(() => {
    const root = document.documentElement;
    const store = (value) => { try { localStorage.setItem("theme", value); } catch { /* private mode: it lasts for this page */ } };
    let wish = null;
    try { wish = localStorage.getItem("theme"); } catch { /* as above */ }
    if (wish === "dark" || wish === "light") root.dataset.theme = wish;
    document.addEventListener("click", (event) => {
        if (!event.target.closest("[data-theme-toggle]")) return;
        const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
        root.dataset.theme = dark ? "light" : "dark";
        store(root.dataset.theme);
    });
})();
