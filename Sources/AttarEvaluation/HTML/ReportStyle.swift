/// The style sheet of report.html: system fonts, one accent, light and dark by the reader's setting.
let reportStyle = """
    :root {
      color-scheme: light dark;
      --paper: #faf9f7; --card: #ffffff; --ink: #1d1c1a; --quiet: #66625b; --line: #e5e1da; --soft: #f1eee9;
      --student: #a62a5a; --student-soft: #f7e3ea; --teacher: #2f5fb3; --other: #6f6a62; --good: #1a6549;
      --good-soft: #e0f1ea; --warn: #8a5300; --warn-soft: #fbf0dc; --bad: #a3261b; --bad-soft: #fbe6e3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #151413; --card: #1e1c1b; --ink: #f0ede8; --quiet: #aaa49b; --line: #363330; --soft: #272523;
        --student: #f28bb0; --student-soft: #40222f; --teacher: #8fb2f5; --other: #a39d94; --good: #6fcaa4;
        --good-soft: #17352a; --warn: #f0bd6b; --warn-soft: #3a2d16; --bad: #ff9d92; --bad-soft: #45201c;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 1rem; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
      font-variant-numeric: tabular-nums; overflow-wrap: break-word;
    }
    .page { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; }
    a { color: inherit; text-underline-offset: .2em; text-decoration-thickness: 1px; }
    a:hover { color: var(--student); }
    :focus-visible { outline: 2px solid var(--student); outline-offset: 3px; border-radius: 3px; }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 2; }
    .quiet { color: var(--quiet); }
    .nowrap { white-space: nowrap; }
    code { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }

    header { padding: 2.5rem 0 0; }
    .brand { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; margin: 0 0 2rem; font-size: .875rem; color: var(--quiet); }
    .brand svg { width: 1.125rem; height: 1.125rem; flex: none; }
    .brand strong { color: var(--ink); font-weight: 600; }
    h1 {
      margin: 0; max-width: 28em; font-size: clamp(1.375rem, 1.1rem + 1.2vw, 1.875rem); line-height: 1.3; font-weight: 600;
      letter-spacing: -.015em; text-wrap: pretty;
    }
    h1 .aside { color: var(--quiet); font-weight: 400; }
    .details { margin: 1rem 0 0; padding: 0; list-style: none; max-width: 46rem; color: var(--quiet); }
    .details li { margin: .25rem 0; }
    .alarm { color: var(--warn); background: var(--warn-soft); padding: .375rem .75rem; border-radius: .375rem; }
    p.alarm { margin: 0 0 1rem; font-size: .875rem; }
    .badge { display: inline-block; padding: 0 .4375rem; border-radius: 1rem; font-size: .75rem; line-height: 1.5; font-weight: 500; white-space: nowrap;
      color: var(--good); background: var(--good-soft); }
    .badge.warn { color: var(--warn); background: var(--warn-soft); } .badge.alarm { color: var(--bad); background: var(--bad-soft); }

    .tiles { display: flex; flex-wrap: wrap; gap: 1px; margin: 2rem 0 0; padding: 0;
      background: var(--line); border: 1px solid var(--line); border-radius: .75rem; overflow: hidden; }
    .tile { flex: 1 1 9.5rem; background: var(--card); padding: 1rem 1.125rem 1.125rem; }
    .tiles.many .tile { flex-basis: max(9.5rem, 22%); }
    .tile dt { font-size: .8125rem; color: var(--quiet); }
    .tile dd { margin: 0; }
    .tile .figure { display: block; margin: .125rem 0 .25rem; font-size: 1.75rem; line-height: 1.2; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
    .tile .unit { font-size: 1rem; font-weight: 500; letter-spacing: 0; color: var(--quiet); }
    .tile .means { display: block; font-size: .8125rem; line-height: 1.45; color: var(--quiet); }
    .tile.lead .figure { color: var(--student); }

    nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.75rem, 1fr)); gap: 1.25rem 1rem; margin: 2rem 0 0; font-size: .875rem; }
    nav ul { margin: .25rem 0 0; padding: 0; list-style: none; }
    nav a { color: var(--quiet); text-decoration-color: var(--line); }
    nav div > a { color: var(--ink); font-weight: 600; text-decoration: none; }

    main:focus { outline: none; }
    .group { margin-top: 3.5rem; }
    h2 { margin: 0; font-size: 1.375rem; line-height: 1.3; font-weight: 600; letter-spacing: -.012em; }
    section { padding: 1.75rem 0 2rem; border-top: 1px solid var(--line); }
    h2 + section { margin-top: 1rem; }
    h3 { margin: 0 0 .375rem; font-size: 1.0625rem; line-height: 1.35; font-weight: 600; letter-spacing: -.005em; }
    h4 { margin: 1.75rem 0 .5rem; font-size: .9375rem; font-weight: 600; }
    details { margin-top: .875rem; font-size: .875rem; }
    summary { cursor: pointer; color: var(--quiet); width: fit-content; }
    summary:hover { color: var(--ink); }
    details > :nth-child(2) { margin-top: .5rem; }
    .lede { margin: 0 0 1.25rem; color: var(--quiet); font-size: .875rem; line-height: 1.5; max-width: 40rem; }
    .note { margin: .75rem 0 0; color: var(--quiet); font-size: .8125rem; line-height: 1.5; max-width: 44rem; }
    .body > * + table, .body > * + dl, .body > * + .scroll, .body > * + figure { margin-top: 1.5rem; }
    .body > h4 + *, .body > .filter + .scroll { margin-top: 0; }
    .body > :first-child { margin-top: 0; } .body > p { font-size: .9375rem; } .body > p.note { font-size: .8125rem; }
    @media (min-width: 60rem) {
      section { display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: 0 3rem; }
      .lede { margin-bottom: 0; }
    }

    table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.4; }
    caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    th, td { padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
    th:last-child, td:last-child { padding-right: 0; }
    thead th { font-weight: 500; font-size: .8125rem; color: var(--quiet); vertical-align: bottom; white-space: nowrap; }
    tbody th { font-weight: 500; }
    tbody th, td:not(.number) { overflow-wrap: anywhere; } .scroll tbody th, #pair-table td:not(.number) { min-width: 5.5rem; }
    tbody tr:last-child > * { border-bottom: 0; }
    .number { text-align: right; white-space: nowrap; }
    td small, th small { display: block; color: var(--quiet); font-size: .75rem; font-weight: 400; line-height: 1.4; }
    tr.subject > * { background: var(--student-soft); }
    tr.subject > :first-child { box-shadow: -.5rem 0 0 var(--student-soft); }
    tr.subject > :last-child { box-shadow: .5rem 0 0 var(--student-soft); }
    .scroll { overflow: auto; max-width: 100%; position: relative; }
    .tall { max-height: 36rem; }
    .tall thead th { position: sticky; top: 0; background: var(--paper); box-shadow: inset 0 -1px var(--line); z-index: 1; }
    .pinned thead th { white-space: normal; } .pinned th:first-child { min-width: 9rem; max-width: 18rem; position: sticky; left: 0; background: var(--paper); }
    th button { all: unset; cursor: pointer; border-bottom: 1px dotted var(--quiet); }
    th button:hover { color: var(--ink); }
    th button:focus-visible { outline: 2px solid var(--student); outline-offset: 2px; }
    th[aria-sort=ascending] button::after { content: " ↑"; }
    th[aria-sort=descending] button::after { content: " ↓"; }
    .filter { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; margin: 0 0 .75rem; font-size: .8125rem; color: var(--quiet); }
    .filter[hidden] { display: none; }
    .filter input { flex: 0 1 16rem; min-width: 10rem; padding: .4375rem .75rem; font: inherit; font-size: 1rem; color: var(--ink); background: var(--card);
      border: 1px solid var(--quiet); border-radius: .5rem; }
    .filter output { margin: 0; min-height: 0; }
    .bar { display: block; width: 100%; min-width: 3rem; height: .375rem; margin-top: .375rem; border-radius: 1rem; background: var(--soft); overflow: hidden; }
    .bar i { display: block; height: 100%; background: var(--student); border-radius: 1rem; }
    .key { display: inline-block; width: .625rem; height: .625rem; margin-right: .5rem; border-radius: 50%; background: var(--other); }
    .key.student { background: var(--student); }
    .key.teacher { background: var(--teacher); border-radius: 2px; }
    .key.good { background: var(--good); }

    @media screen and (max-width: 46rem) {
      .stack thead { position: absolute; left: -999rem; }
      .stack, .stack tbody, .stack tr, .stack th, .stack td { display: block; }
      .tiles .tile, .tiles.many .tile { flex-basis: 8.5rem; padding: .875rem .875rem 1rem; }
      .tile .figure { font-size: 1.5rem; }
      .stack tr { padding: .75rem 0; border-bottom: 1px solid var(--line); }
      .stack tbody tr:last-child { border-bottom: 0; } .stack tbody tr:first-child:not(.subject) { padding-top: 0; }
      .stack th, .stack td { border: 0; padding: .1875rem 0; }
      .stack td { display: flex; justify-content: space-between; gap: 1rem; text-align: right; white-space: normal; }
      .stack td::before { content: attr(data-label); color: var(--quiet); text-align: left; flex: none; }
      .stack td small { display: inline; margin-left: .5rem; }
      .stack td.void { display: none; }
      .stack tr.subject { background: var(--student-soft); margin: 0 -.75rem; padding: .75rem; border-radius: .5rem; border: 0; }
      .stack tr.subject > * { background: none; box-shadow: none; }
      .wide-only { display: none !important; }
    }
    @media print, (min-width: 46.01rem) { .narrow-only { display: none !important; } }

    figure { margin: 0; }
    svg.chart { display: block; width: 100%; height: auto; overflow: visible; }
    svg.chart text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: var(--quiet); font-variant-numeric: tabular-nums; }
    svg.chart .name { fill: var(--ink); font-weight: 500; }
    svg .grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
    svg .axis { stroke: var(--quiet); stroke-width: 1; shape-rendering: crispEdges; }
    svg .guide { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 3 4; fill: none; }
    svg .good { --c: var(--good); } svg .student { --c: var(--student); } svg .teacher { --c: var(--teacher); } svg .other { --c: var(--other); }
    svg .mark { fill: var(--c); stroke: var(--paper); stroke-width: 1.5; }
    svg .halo { fill: var(--c); fill-opacity: .14; stroke: none; }
    svg .whisker { stroke: var(--c); stroke-width: 1.5; fill: none; }
    svg .line { stroke: var(--c); stroke-width: 2; fill: none; stroke-linejoin: round; }
    svg .band { fill: var(--c); fill-opacity: .14; stroke: none; }
    svg .drop { stroke: var(--c); stroke-width: 1; stroke-dasharray: 2 3; }
    svg .dashed { stroke-dasharray: 6 4; }
    svg .leader { stroke: var(--quiet); stroke-width: .75; fill: none; }
    svg text.on-student { fill: var(--student); } svg text.on-teacher { fill: var(--teacher); }

    .flow { display: grid; gap: .375rem; margin: 0; }
    .flow > div { display: grid; grid-template-columns: minmax(7rem, 15rem) 1fr 4.5rem; gap: .75rem; align-items: center; font-size: .875rem; }
    .flow dt, .flow dd { margin: 0; }
    .flow dd:last-child { text-align: right; }
    .flow .track { display: block; height: 1.125rem; position: relative; background: var(--soft); border-radius: .25rem; overflow: hidden; }
    .flow .track i { position: absolute; inset: 0 auto 0 var(--from); width: var(--width); min-width: 2px; background: var(--other); }
    .flow .kept .track i { background: var(--student); }
    .flow .dropped .track i { background: var(--warn); opacity: .65; }
    .flow .split .track i { background: var(--student); opacity: .55; }
    .flow .total dt, .flow .kept dt { font-weight: 600; }
    .flow .total, .flow .kept { padding-top: .125rem; }
    @media screen and (max-width: 46rem) { .flow > div { grid-template-columns: 1fr 4.5rem; gap: 0 .75rem; } .flow .bar-cell { grid-column: 1 / -1; grid-row: 2; } .flow .track { height: .5rem; } }

    .matrix { width: auto; border-collapse: separate; border-spacing: 2px; margin: 0; font-size: .8125rem; }
    .matrix th, .matrix td { border: 0; padding: 0; }
    .matrix thead td { background: none; }
    .matrix thead th { height: auto; padding: 0 0 .375rem; font-weight: 400; vertical-align: bottom; text-align: center; }
    .matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 12rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; display: inline-block; }
    .scroll .matrix tbody th { min-width: 0; padding: 0 .625rem 0 0; font-weight: 400; text-align: right; max-width: 11rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: middle; }
    .matrix td { min-width: 2.375rem; height: 2.375rem; text-align: center; vertical-align: middle; border-radius: .25rem; background: var(--soft); position: relative; }
    .matrix td i { position: absolute; inset: 0; border-radius: .25rem; background: var(--student); opacity: var(--o); }
    .matrix td.right i { background: var(--good); }
    .matrix td b { position: relative; font-weight: 500; }
    .matrix td.deep b { color: var(--paper); }
    .matrix td.zero b { color: var(--quiet); font-weight: 400; }
    @media screen and (max-width: 46rem) { .matrix td { min-width: 1.75rem; height: 1.75rem; } .scroll .matrix tbody th { max-width: 6.25rem; padding-right: .375rem; } }
    svg.heat { display: block; width: 100%; height: auto; }
    svg.heat .ground { fill: var(--soft); }
    svg.heat .w { fill: var(--student); } svg.heat .r { fill: var(--good); }
    svg.heat text { font: 10px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; fill: var(--quiet); }
    svg.heat .ring { fill: none; stroke: var(--ink); stroke-width: 1.25; pointer-events: none; }
    svg.heat text.number { font-size: 11px; font-weight: 600; fill: var(--ink); paint-order: stroke; stroke: var(--soft); stroke-width: 3px; pointer-events: none; }
    svg.heat .cross { stroke: var(--ink); stroke-width: .75; fill: none; pointer-events: none; }
    output { display: block; min-height: 1.5em; margin-top: .5rem; font-size: .8125rem; color: var(--ink); }
    .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .75rem; padding: 0; list-style: none; font-size: .8125rem; color: var(--quiet); }
    .legend i { display: inline-block; width: .75rem; height: .75rem; margin-right: .5rem; border-radius: 2px; vertical-align: -.0625rem; background: var(--student); }
    .legend i.good { background: var(--good); } .legend i.teacher { background: var(--teacher); } .legend i.round { border-radius: 50%; }
    .legend i.ring { background: none; border: 1.5px solid var(--ink); border-radius: 50%; } .legend.below { margin: .5rem 0 0; }

    .beside { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: center; }
    .beside figure { flex: 1 1 20rem; max-width: 26rem; } .beside .legend { flex: 1 1 13rem; flex-direction: column; gap: 1rem; margin: 0; }
    .legend strong { display: block; color: var(--ink); font-weight: 500; }
    .legend.keys li { padding-left: 1.25rem; position: relative; } .legend.keys i { position: absolute; left: 0; top: .25rem; }
    blockquote { margin: 0; }
    .cases { list-style: none; margin: 0; padding: 0; }
    .cases li { padding: .75rem 0; border-bottom: 1px solid var(--line); font-size: .875rem; }
    .cases li:first-child { padding-top: 0; } .cases li:last-child { border: 0; }
    .cases blockquote { white-space: pre-line; }
    .answers { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: .375rem 0 0; font-size: .8125rem; }
    .answers div { display: flex; gap: .5rem; } .answers dt { color: var(--quiet); flex: none; } .answers dd { margin: 0; overflow-wrap: anywhere; }
    .facts { display: grid; grid-template-columns: minmax(8rem, 14rem) minmax(0, 1fr); gap: .375rem 1.5rem; margin: 0; font-size: .875rem; }
    .facts dt { color: var(--quiet); } .facts dd { margin: 0; overflow-wrap: anywhere; }
    @media screen and (max-width: 30rem) { .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .625rem; } }
    .limits { margin: 0; padding-left: 1.125rem; font-size: .9375rem; max-width: 46rem; }
    .limits li + li { margin-top: .375rem; } .limits li::marker { color: var(--quiet); }
    footer { margin-top: 3rem; padding: 1.5rem 0 3rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .8125rem; }

    @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
    @media print {
      :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #bbb; --soft: #eee; --student: #8f1f4b;
        --student-soft: #f5e6ec; --teacher: #1f4c9a; --other: #666; --good: #1d6a4f; --good-soft: #e6f2ec; --warn: #6f4300; --warn-soft: #f5ead4;
        --bad: #8c1d14; --bad-soft: #f7e4e1; }
      body { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      .page { max-width: none; padding: 0 .5rem; }
      nav, .skip, .filter, output, summary { display: none; }
      details::details-content { content-visibility: visible; block-size: auto; display: block; }
      section { display: block; padding: 1rem 0; } .lede { margin-bottom: .75rem; max-width: none; }
      .group { margin-top: 1.5rem; }
      .scroll { overflow: visible; } .tall { max-height: none; } .tall thead th { position: static; }
      table, .stack { font-size: 8.5pt; } th, td { padding: .25rem .5rem .25rem 0; overflow-wrap: anywhere; } thead th { white-space: normal; }
      .pinned .number { white-space: normal; } .matrix { font-size: 7pt; } .matrix td { min-width: 1.25rem; height: 1.25rem; } .scroll .matrix tbody th { max-width: 8rem; }
      svg.heat { min-width: 0 !important; max-width: 100% !important; }
      figure, .tile, tr, .cases li { break-inside: avoid; }
      h2, h3, h4, .legend, section > div:first-child { break-after: avoid; } section > div:first-child { break-inside: avoid; }
    }
    """
