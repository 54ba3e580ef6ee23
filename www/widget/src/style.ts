// The widget's looks. Everything that a page may want to change is a custom property; light and dark
// follow the page's `color-scheme`.

/** Colours and shapes, shared with the browser extension. */
export const TOKENS = `  --text: var(--riegel-text, light-dark(#1c1b19, #f2efe9));
  --muted: var(--riegel-muted, light-dark(#57534c, #bdb7ab));
  --surface: var(--riegel-surface, light-dark(#fffdf8, #24221f));
  --line: var(--riegel-line, light-dark(#8a8375, #7d776b));
  --accent: var(--riegel-accent, light-dark(#0b5c50, #7fd6c4));
  --on-accent: var(--riegel-on-accent, light-dark(#fff, #0c1f1b));
  --stop: var(--riegel-stop, light-dark(#9a2f1b, #ff9c86));
  --mark: var(--riegel-mark, light-dark(#b3541e, #f0a35e));
  --mark-surface: var(--riegel-mark-surface, light-dark(rgb(240 160 60 / 28%), rgb(240 160 60 / 30%)));
  --radius: var(--riegel-radius, .5rem)`;

export const STYLE = `
:host { display: block; position: relative; color-scheme: inherit; font: var(--riegel-font, inherit);
${TOKENS} }
:host([hidden]), [hidden] { display: none !important }
* { box-sizing: border-box }
.mirror { position: absolute; z-index: var(--riegel-layer, 1); overflow: hidden; pointer-events: none; color: transparent }
.mirror div { overflow-wrap: break-word }
.mirror.line div { display: flex; align-items: center; white-space: pre }
.mirror mark { color: transparent; background: var(--mark-surface); box-shadow: 0 2px 0 var(--mark); border-radius: 2px }
.disclosure { margin: .25rem 0; color: var(--muted); font-size: .875em }
.panel { margin: .375rem 0; padding: .75rem 1rem; color: var(--text); background: var(--surface);
  border: 1px solid var(--line); border-inline-start: .3rem solid var(--mark); border-radius: var(--radius) }
.panel.warn, .panel.note { border-inline-start-color: var(--accent) }
.panel.block { border-inline-start-color: var(--stop) }
h2 { margin: 0 0 .25rem; font-size: 1em; font-weight: 650 }
p { margin: 0 0 .5rem; max-width: 70ch; line-height: 1.45 }
p.hint { color: var(--muted) }
label { display: block; margin-bottom: .5rem }
input { display: block; width: 100%; margin-top: .25rem; padding: .5rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: calc(var(--radius) / 2) }
.actions { display: flex; flex-wrap: wrap; gap: .5rem }
button { min-height: 2.5rem; padding: .375rem 1rem; font: inherit; cursor: pointer; color: var(--text); background: transparent;
  border: 1px solid var(--line); border-radius: calc(var(--radius) / 2) }
button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); font-weight: 600 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
@media (forced-colors: active) { .mirror mark { box-shadow: 0 2px 0 Highlight } }
`;
