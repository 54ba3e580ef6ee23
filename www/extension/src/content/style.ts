// The looks of dialog and notes. A page's custom properties would reach into a shadow root, so ours
// have no way in from outside: the widget's tokens lose their `var(--riegel-…)`.

import { TOKENS } from "@riegel/widget/parts";

export const CLOSED_TOKENS = TOKENS.replace(/var\(--riegel-[a-z-]+, (.+)\)(;?)$/gm, "$1$2");

export const STYLE = `
:host { all: initial !important; position: fixed !important; inset: auto !important; display: block !important; color-scheme: light dark !important;
  font: 16px/1.45 system-ui, sans-serif !important; ${CLOSED_TOKENS} }
* { box-sizing: border-box }
dialog { width: min(36rem, calc(100vw - 2rem)); max-height: min(44rem, calc(100vh - 2rem)); overflow: auto; padding: 1.25rem 1.5rem; color: var(--text); background: var(--surface);
  border: 1px solid var(--line); border-inline-start: .35rem solid var(--mark); border-radius: .75rem; box-shadow: 0 1rem 3rem rgb(0 0 0 / 35%); font-size: 1rem }
dialog.block { border-inline-start-color: var(--stop) }
dialog::backdrop { background: rgb(20 18 14 / 45%) }
h2 { margin: 0 0 .5rem; font-size: 1.2rem; line-height: 1.25; font-weight: 650 }
p { margin: 0 0 .625rem; max-width: 70ch }
.hint, .small { color: var(--muted) }
.small { font-size: .875rem }
blockquote { margin: 0 0 .75rem; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .375rem; overflow-wrap: anywhere; white-space: pre-wrap; font-size: .9375rem }
mark { color: inherit; background: var(--mark-surface); box-shadow: 0 2px 0 var(--mark); border-radius: 2px }
details { margin: 0 0 .75rem; font-size: .9375rem }
summary { cursor: pointer; color: var(--accent); padding: .25rem 0 }
ul { margin: .25rem 0 0; padding-inline-start: 1.25rem }
label { display: block; margin-bottom: .75rem }
input { display: block; width: 100%; margin-top: .25rem; padding: .5rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem }
.lesson { padding: .625rem .75rem; margin-bottom: .75rem; border-inline-start: .25rem solid var(--accent); background: color-mix(in srgb, var(--accent) 8%, transparent) }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem }
button { min-height: 2.75rem; padding: .5rem 1rem; font: inherit; cursor: pointer; color: var(--text); background: transparent; border: 1px solid var(--line); border-radius: .375rem }
button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); font-weight: 600 }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.note { position: fixed; inset-inline-end: 1rem; bottom: 1rem; z-index: 2147483647; width: min(24rem, calc(100vw - 2rem)); max-height: 50vh; overflow: auto; padding: .75rem 1rem; color: var(--text); background: var(--surface);
  border: 1px solid var(--line); border-inline-start: .3rem solid var(--accent); border-radius: .5rem; box-shadow: 0 .5rem 1.5rem rgb(0 0 0 / 25%); font-size: .9375rem; transition: opacity .2s }
.note h2 { font-size: 1rem; margin-bottom: .25rem }
.note p { margin-bottom: .375rem }
.note button { min-height: 2rem; padding: .25rem .75rem }
.chip { position: fixed; z-index: 2147483646; padding: 0 .2em; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; color: var(--text); background: var(--surface); border-bottom: 2px dotted var(--accent); font: inherit; pointer-events: auto }
.cover { position: fixed; z-index: 2147483645; overflow: hidden; color: #fff; background: #1c1b19; border-radius: 2px; font-size: 0 }
.chip:hover { max-width: none !important; outline: 1px solid var(--line) }
@media (prefers-reduced-motion: reduce) { .note { transition: none } }
@media (forced-colors: active) { mark { box-shadow: 0 2px 0 Highlight } dialog, .note { border: 2px solid CanvasText } button.primary { border: 2px solid ButtonText } }
`;
