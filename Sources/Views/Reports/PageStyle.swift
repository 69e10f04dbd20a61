/// The style sheet of the page: one tone for what flows, one for trouble; both are told apart without colour, too, by stripes and by direction.
enum PageStyle {
    static let source: Markup = """
        :root{color-scheme:light dark;--paper:#fdfdfb;--ink:#1d1f21;--soft:#5c6166;--grid:#1d1f2118;--base:#1d1f2180;--ground:#1d1f210f;\
        --flow:#2f78b0;--area:#b7d3e9;--tint:#a9cbe4;--denied:#b26a00;--lost:#a8321e;--rule:#d9d9d4}
        @media (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e6e5e1;--soft:#a2a6aa;--grid:#ffffff1c;--base:#ffffff80;--ground:#ffffff14;\
        --flow:#5fa8dc;--area:#2b5270;--tint:#2d5878;--denied:#e2a03f;--lost:#ee7d5f;--rule:#33373c}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0 auto;max-width:1120px;padding:32px 20px 64px;background:var(--paper);color:var(--ink);\
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
        h1{font-size:26px;line-height:1.2;font-weight:600;margin:0 0 4px;letter-spacing:-.01em;overflow-wrap:anywhere}
        h2{font-size:17px;font-weight:600;margin:44px 0 6px}
        p{margin:0 0 12px;max-width:72ch}
        .soft,.note,.none{color:var(--soft)}
        .key{display:grid;grid-template-columns:repeat(4,1fr);gap:18px 24px;margin:26px 0 0;padding:18px 0;border-top:1px solid var(--rule);\
        border-bottom:1px solid var(--rule)}
        .key div{min-width:0}
        .key dt{color:var(--soft);font-size:13px}
        .key dd{margin:0;font-size:24px;line-height:1.25;letter-spacing:-.01em}
        .key dd small{display:block;font-size:13px;color:var(--soft);letter-spacing:0}
        .frame{overflow-x:auto;background:linear-gradient(to left,var(--paper) 16px,transparent) right/32px 100% no-repeat local,\
        linear-gradient(to left,var(--rule),transparent) right/14px 100% no-repeat scroll}
        table{border-collapse:collapse;width:100%;font-size:14px}
        th,td{padding:5px 0 5px 18px;text-align:right;white-space:nowrap;font-weight:400}
        th:first-child,td:first-child{text-align:left;padding-left:0}
        thead th{color:var(--soft);font-size:13px;line-height:1.3;vertical-align:bottom;border-bottom:1px solid var(--base)}
        thead small{display:block;font-size:12px}
        tbody th{font-weight:400;background:var(--paper);position:sticky;left:0;padding-right:18px}
        tbody tr+tr td,tbody tr+tr th{border-top:1px solid var(--rule)}
        tfoot th,tfoot td{border-top:1px solid var(--base);font-weight:600}
        tfoot th{background:var(--paper);position:sticky;left:0}
        .plots{padding-left:44px;padding-right:18px}
        svg.plot{display:block;overflow:visible}
        svg text{font-size:12px;fill:var(--soft)}
        svg .name{font-size:14px;font-weight:600;fill:var(--ink)}
        svg .unit,svg .note{font-weight:400;fill:var(--soft)}
        svg .note{font-size:13px}
        svg .mark{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
        .mid{text-anchor:middle}.end{text-anchor:end}.start{text-anchor:start}
        .grid{stroke:var(--grid)}.base{stroke:var(--base)}
        .ruler{stroke:var(--ink);stroke-dasharray:2 3}
        .flow{fill:var(--flow)}
        .area{fill:var(--area);stroke:var(--flow);stroke-width:1;vector-effect:non-scaling-stroke}
        .tint{fill:var(--tint)}.ground{fill:var(--ground)}.lost{fill:var(--lost)}
        .denied{fill:url(#stripes)}
        .over{fill:none;stroke:var(--ink);stroke-width:1.2;vector-effect:non-scaling-stroke}.fine{stroke-width:.8}
        .dot{fill:var(--ink);stroke:var(--paper)}
        .hits rect{fill:transparent}
        .hits rect:hover{fill:var(--ink);fill-opacity:.12}
        .few{display:grid;grid-template-columns:repeat(3,1fr);gap:28px 34px}
        figure{margin:12px 0 0;min-width:0;break-inside:avoid}
        figcaption{margin-bottom:8px;line-height:1.35;font-size:14px}
        figcaption .note{font-size:13px}
        figure svg.plot{margin-left:40px;width:calc(100% - 48px)}
        .codes td:last-child{width:45%}
        .codes td:nth-child(2){text-align:left;white-space:normal}
        svg.count,svg.share{display:inline-block;vertical-align:middle}
        ul{margin:0;padding-left:18px;max-width:80ch}
        li{margin:0 0 6px;overflow-wrap:anywhere}
        pre{margin:0;padding:10px 12px;background:var(--ground);font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;white-space:pre-wrap;\
        overflow-wrap:anywhere}
        summary{cursor:pointer;color:var(--soft);padding:6px 0}
        details{margin-top:28px}
        @media (hover:none){.hover{display:none}}
        @media screen and (max-width:760px){.few{grid-template-columns:1fr}.key{grid-template-columns:repeat(2,1fr)}.wide{display:none}\
        body{padding:20px 14px 48px}h1{font-size:22px}.key dd{font-size:20px}th,td{padding-left:14px}.codes .said{display:none}}
        @media print{:root{--paper:#fff;--ink:#000;--soft:#444;--grid:#0002;--base:#0008;--ground:#0001;\
        --flow:#2f78b0;--area:#b7d3e9;--tint:#a9cbe4;--denied:#b26a00;--lost:#a8321e;--rule:#ccc}
        body{padding:0;max-width:none;font-size:11pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}\
        section,figure,tr{break-inside:avoid}h2{break-after:avoid}details{display:none}.frame{overflow:visible;background:none}
        th,td{padding-left:10px}.bar{display:none}}
        """
}
