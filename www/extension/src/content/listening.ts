// Listeners that stay: `document.open()` takes all of them away, ours too. Editors write their frames
// with it, and a hostile page would get rid of us.

interface Heard {
  readonly target: EventTarget;
  readonly name: string;
  readonly act: (event: never) => unknown;
  readonly options: AddEventListenerOptions;
}

const all: Heard[] = [];

/** Listens, and goes on listening when the document is written anew. */
export function hear<K extends keyof WindowEventMap>(name: K, act: (event: WindowEventMap[K]) => unknown, options?: AddEventListenerOptions, target?: EventTarget): void;
export function hear(name: string, act: (event: Event) => unknown, options?: AddEventListenerOptions, target?: EventTarget): void;
export function hear(name: string, act: (event: never) => unknown, options: AddEventListenerOptions = { capture: true }, target: EventTarget = window): void {
  if (!all.length) new MutationObserver(() => all.forEach(listen)).observe(document, { childList: true });
  const heard = { target, name, act, options };
  all.push(heard);
  listen(heard);
}

/** A listener that is there already stays the only one. */
const listen = ({ target, name, act, options }: Heard): void => target.addEventListener(name, act as EventListener, options);
