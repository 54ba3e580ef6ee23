// Answers, as they stream in. No site is known: whatever text grows in the page outside of editors is
// looked at block by block. What a policy covers is covered by boxes, links that carry data out lose
// their address, and placeholders become readable for the person, and only for them.

import { atLeast } from "@riegel/widget/parts";
import type { Held, View } from "../shared/messages.js";
import { wordsIn } from "../shared/words.js";
import type { Decider } from "./decider.js";
import type { Stage } from "./dialog.js";
import { shadowOf } from "./editor.js";
import { Overlay } from "./overlay.js";

const BLOCK = "p, li, pre, td, th, blockquote, h1, h2, h3, h4, h5, h6, figure, dd, dt, article, section, div, main, body";
const LEAF = "p, li, pre, td, th, blockquote, h1, h2, h3, h4, h5, h6, dd, dt";
const SKIP = "script, style, noscript, textarea, input, select, [contenteditable]:not([contenteditable=false]), nav";
/** How often, in milliseconds; how many blocks at a time; lengths that are looked at. */
const [EVERY, MANY, LEAST, MOST] = [150, 40, 8, 200_000];
/** Elements of a page's own that may still get a shadow root. */
const MANY_HOSTS = 500;
const LOOK = { subtree: true, childList: true, characterData: true } as const;

export function watchAnswers(decider: Decider, stage: Stage): void {
  const overlay = new Overlay(stage);
  const dirty = new Set<Element>();
  const seen = new WeakMap<Element, string>();
  let timer = 0;

  const blockOf = (node: Node): Element | undefined => {
    const element = node instanceof Element ? node : node.parentElement;
    if (!element || element.closest(SKIP)) return undefined;
    return element.closest(LEAF) ?? element.closest(BLOCK) ?? undefined;
  };
  const add = (node: Node): void => {
    if ((node instanceof Element ? node : node.parentElement)?.closest(SKIP)) return;
    const block = blockOf(node);
    if (block) dirty.add(block);
    if (!(node instanceof Element || node instanceof ShadowRoot)) return;
    for (const inner of node.querySelectorAll(LEAF)) if (!inner.closest(SKIP)) dirty.add(inner);
    if (node instanceof Element) enter(node);
    for (const inner of node.querySelectorAll("*")) enter(inner);
  };
  /** Answers stand in shadow roots too. A page's own elements often get theirs a little later. */
  const enter = (element: Element): void => {
    const own = element.localName.includes("-");
    const root = own ? shadowOf(element) : element.shadowRoot;
    if (!root) {
      if (own && later.size < MANY_HOSTS) later.add(element);
      return;
    }
    later.delete(element);
    if (roots.has(root) || root === stage.root) return;
    roots.add(root);
    observer.observe(root, LOOK);
    add(root);
  };
  const roots = new WeakSet<ShadowRoot>();
  const later = new Set<Element>();

  const observer = new MutationObserver((changes) => {
    const added = new Set(changes.flatMap(({ type, target, addedNodes }) => (type === "characterData" ? [target] : [...addedNodes])));
    // What is inside of something else that came is looked at with it: a page that loads names every node.
    for (const node of added) if (!node.parentNode || !added.has(node.parentNode)) add(node);
    if (dirty.size && !timer) timer = window.setTimeout(() => void flush(), EVERY);
  });

  const flush = async (): Promise<void> => {
    for (const host of later) {
      if (host.isConnected) enter(host);
      else later.delete(host);
    }
    const blocks = [...dirty].slice(0, MANY);
    for (const block of blocks) dirty.delete(block);
    for (const block of blocks) {
      if (!block.isConnected) continue;
      // Large containers are looked at through their blocks; what they say themselves counts, too.
      if (!block.matches(LEAF) && block.querySelector(LEAF)) {
        for (const inner of block.children) if (!inner.matches(SKIP)) dirty.add(inner);
        if (![...block.childNodes].some((node) => node instanceof Text && node.data.trim().length >= LEAST)) continue;
      }
      const text = carried(block);
      if (text.length < LEAST || text.length > MOST || seen.get(block) === text) continue;
      seen.set(block, text);
      restore(block);
      const view = await decider.answer(text);
      if (view && seen.get(block) === text) apply(block, text, view);
    }
    timer = dirty.size ? window.setTimeout(() => void flush(), EVERY) : 0;
    overlay.place();
  };

  const apply = (block: Element, text: string, view: View): void => {
    const words = wordsIn(decider.site.language);
    const stopped = view.verdict === "block";
    const shown = block.textContent ?? "";
    const places = stopped && shown ? [{ start: 0, end: shown.length }] : view.marks.filter(({ redact, end }) => redact && end <= shown.length);
    overlay.set("cover", block, places.flatMap(({ start, end }) => rangesIn(block, start, end).map((range) => ({ range, text: "" }))));
    if (stopped) {
      for (const link of block.querySelectorAll("a[href]")) link.removeAttribute("href");
      for (const image of block.querySelectorAll("img")) for (const name of ["src", "srcset"]) image.removeAttribute(name);
    }
    const rules = view.told.filter(({ text }) => text);
    if (atLeast(view.verdict, "warn") || view.disclose) {
      const said = stage.note(words.answer, [...rules.slice(0, 2).flatMap(({ text, hint }) => [text, hint]), ...(places.length ? [words.covered] : []), ...(view.disclose ? [words.written] : [])], `answer ${rules.map(({ rule }) => rule).join()}`);
      if (said) decider.count("response", text);
    }
  };

  /** Shows what placeholders in a block stand for. */
  const restore = (block: Element): void => {
    const { held, language } = decider.site;
    const text = block.textContent ?? "";
    const found = held.length ? placeholdersIn(text, held) : [];
    overlay.set("chip", block, found.flatMap(({ start, end, value }) => rangesIn(block, start, end).slice(0, 1).map((range) => ({ range, text: value }))));
    if (found.length) stage.note(wordsIn(language).clear, [...new Map(held.map(([label, number, value]) => [`[${label}_${number}]`, value]))].slice(0, 12).map(([name, value]) => `${name} = ${value}`), `clear ${held.length}`);
  };

  const begin = (): void => observer.observe(document, LOOK);
  begin();
  decider.onHeld = () => {
    for (const block of document.querySelectorAll(LEAF)) if (/\[[A-Z\d_]+_\d+\]/.test(block.textContent ?? "")) restore(block);
  };
}

/** The text of a block, and behind it where its links and images lead: that is read as well. */
function carried(block: Element): string {
  const text = block.textContent ?? "";
  const links = [...block.querySelectorAll<HTMLElement>("a[href], img[src]")].slice(0, 50).map((element) => (element instanceof HTMLImageElement ? `![${element.alt}](${element.src})` : `[${element.textContent ?? ""}](${(element as HTMLAnchorElement).href})`));
  return links.length ? `${text}\n${links.join("\n")}` : text;
}

function placeholdersIn(text: string, held: Held): { start: number; end: number; value: string }[] {
  return held.flatMap(([label, number, value]) => [...text.matchAll(new RegExp(`\\[\\**${label.replace(/_/g, "[_ ]")}[_ ]${number}\\**\\]`, "gi"))].map(({ index, 0: { length } }) => ({ start: index, end: index + length, value })));
}

/** Ranges over a place in a block's text, one per line or element that it crosses. */
function rangesIn(block: Element, start: number, end: number): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode() as Text | null; node && at < end; node = walker.nextNode() as Text | null) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, node.length)];
    if (from < to) {
      const range = document.createRange();
      range.setStart(node, from);
      range.setEnd(node, to);
      ranges.push(range);
    }
    at += node.length;
  }
  return ranges;
}
