// The second net, in the page's own world: before a request leaves, the content script is asked about
// its body. It catches what the page did not take through the events of a person, such as a redesign
// that reads the clipboard itself.
//
//   fetch, XMLHttpRequest, WebSocket, sendBeacon, EventSource, form.submit()
//     -> secret event with the body -> content script -> secret event: go, go with this body, stay
//
// The page's scripts share this world, and come after us. So everything used here was taken before
// the first of them ran (`call`, `apply` and iterators can be replaced later), decisions travel in
// calls and not in promises, and a body is copied before it is asked about.
//
// It is a net and no wall: docs/extension-threats.md says what gets through.

(() => {
  const { apply, construct, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const { create } = Object;
  const method = (owner: object, name: string): ((...args: never[]) => unknown) => getOwnPropertyDescriptor(owner, name)!.value as never;
  const getter = (owner: object, name: string): (() => unknown) => getOwnPropertyDescriptor(owner, name)!.get as never;
  const [add, remove, dispatch] = [method(EventTarget.prototype, "addEventListener"), method(EventTarget.prototype, "removeEventListener"), method(EventTarget.prototype, "dispatchEvent")];
  const detailOf = getter(CustomEvent.prototype, "detail");
  const [Custom, PromiseOf, ErrorOf, DomError, Form, Params, Bytes, Decoder, RequestOf, ResponseOf, BlobOf, UrlOf] = [CustomEvent, Promise, TypeError, DOMException, FormData, URLSearchParams, Uint8Array, TextDecoder, Request, Response, Blob, URL] as const;
  const [encode, parse] = [JSON.stringify, JSON.parse];
  const then = method(Promise.prototype, "then");
  const decode = method(TextDecoder.prototype, "decode");
  const [blobBytes, requestClone, requestBytes, responseBytes] = [method(Blob.prototype, "arrayBuffer"), method(Request.prototype, "clone"), method(Request.prototype, "arrayBuffer"), method(Response.prototype, "arrayBuffer")];
  const [formEach, formAppend, paramsText, hrefOf, searchOf, pathOf] = [method(FormData.prototype, "forEach"), method(FormData.prototype, "append"), method(URLSearchParams.prototype, "toString"), getter(URL.prototype, "href"), getter(URL.prototype, "search"), getter(URL.prototype, "pathname")];
  const [methodOf, urlOf] = [getter(Request.prototype, "method"), getter(Request.prototype, "url")];
  const baseOf = getter(Node.prototype, "baseURI");
  const [InputOf, MouseOf] = [HTMLInputElement, MouseEvent] as const;
  const socketUrl = getter(WebSocket.prototype, "url");
  const bufferSlice = method(ArrayBuffer.prototype, "slice");
  const isView = ArrayBuffer.isView;
  const lengthOf = getter(Object.getPrototypeOf(Uint8Array.prototype) as object, "length");
  const xmlOf = method(XMLSerializer.prototype, "serializeToString");
  const Xml = XMLSerializer;
  const [mapGet, mapSet] = [method(WeakMap.prototype, "get"), method(WeakMap.prototype, "set")];
  const fromCode = String.fromCharCode;
  const codeAt = method(String.prototype, "charCodeAt");
  const indexOf = method(String.prototype, "indexOf");
  const sliceOf = method(String.prototype, "slice");
  const [later, soon] = [setTimeout, queueMicrotask];
  const self = window;
  const has = (value: unknown, Kind: { readonly prototype: object }): boolean => {
    try {
      return typeof value === "object" && value !== null && apply(Function.prototype[Symbol.hasInstance], Kind, [value]);
    } catch {
      return false;
    }
  };

  /** What the content script says: `go`, `stay`, or a body in the place of this one. */
  type Answer = { readonly go: boolean; readonly body: string | null };
  type Then = (answer: Answer) => void;

  // One net is enough: a second one would meet nobody but the page.
  const THERE = "riegel-net";
  if (!apply(dispatch, self, [construct(Custom, [THERE, { cancelable: true }])])) return;
  const prevent = method(Event.prototype, "preventDefault");
  apply(add, self, [THERE, (event: Event) => apply(prevent, event, []), true]);

  // Who hears of the secret first has the only chance: both of us run before the page does.
  const HELLO = "riegel-hello";
  // Three of them: what is inserted runs the page's listeners, and they may learn that one's name.
  let secret = "";
  let [questions, answers, inserts, taken] = ["", "", "", ""];
  interface Waiting {
    readonly tell: Then;
    readonly detail: string;
    answer: Answer | undefined;
    /** The question is on its way: who asked goes on with the answer. */
    asking: boolean;
  }
  const waiting: Record<number, Waiting> = create(null);
  let count = 0;
  const end = (id: number): void => {
    const found = waiting[id];
    if (!found?.answer) return;
    delete waiting[id];
    found.tell(found.answer);
  };

  const hear = (event: Event): void => {
    const message = parse(apply(detailOf, event, []) as string) as Answer & { readonly id: number };
    const found = waiting[message.id];
    if (!found) return;
    found.answer = message;
    // Never from in here: a request asks the page for its headers, and `window.event` would be this event.
    if (!found.asking) soon(() => end(message.id));
  };
  // Firefox: what an extension's own world puts into a clipboard event no page can read. So events with
  // what may be inserted are made here.
  const [Transfer, Clip, Drag, FileOf] = [DataTransfer, ClipboardEvent, DragEvent, File] as const;
  const [setData, addItem, itemsOf, shadowOf, pointOf] = [method(DataTransfer.prototype, "setData"), method(DataTransferItemList.prototype, "add"), getter(DataTransfer.prototype, "items"), getter(Element.prototype, "shadowRoot"), method(Document.prototype, "elementFromPoint")];
  const activeOf = getter(Document.prototype, "activeElement");
  interface Delivery {
    readonly kind: "paste" | "drop";
    readonly data: Readonly<Record<string, string>>;
    readonly files: { readonly [i: number]: { readonly name: string; readonly mime: string; readonly bytes: string }; readonly length: number };
    readonly x: number;
    readonly y: number;
  }
  const deliver = (event: Event): void => {
    const { kind, data, files, x, y } = parse(apply(detailOf, event, []) as string) as Delivery;
    const transfer = construct(Transfer, []);
    for (const type in data) apply(setData, transfer, [type, data[type]]);
    for (let i = 0; i < files.length; i++) {
      const { name, mime, bytes } = files[i]!;
      const view = construct(Bytes, [bytes.length]) as Uint8Array;
      for (let at = 0; at < bytes.length; at++) view[at] = apply(codeAt, bytes, [at]) as number;
      apply(addItem, apply(itemsOf, transfer, []), [construct(FileOf, [[view], name, { type: mime }])]);
    }
    let target = (kind === "drop" ? apply(pointOf, document, [x, y]) : apply(activeOf, document, [])) as Element | null;
    for (let root = target && (apply(shadowOf, target, []) as ShadowRoot | null); root; root = target && (apply(shadowOf, target, []) as ShadowRoot | null)) {
      const inner: Element | null = kind === "drop" ? root.elementFromPoint(x, y) : root.activeElement;
      if (!inner || inner === target) break;
      target = inner;
    }
    const options = { bubbles: true, cancelable: true, composed: true, clientX: x, clientY: y };
    const made = kind === "drop" ? construct(Drag, ["drop", { ...options, dataTransfer: transfer }]) : construct(Clip, ["paste", options]);
    // Firefox takes no `clipboardData` when such an event is made.
    if (kind === "paste") defineProperty(made, "clipboardData", { value: transfer });
    const went = apply(dispatch, target ?? document, [made]) as boolean;
    apply(dispatch, self, [construct(Custom, [taken, { detail: went ? "open" : "taken" }])]);
  };
  const meet = (event: Event): void => {
    const said = apply(detailOf, event, []);
    if (secret || typeof said !== "string" || said.length < 144) return;
    secret = said;
    const third = (i: number): string => apply(sliceOf, said, [i * 48, i * 48 + 48]) as string;
    questions = `${third(0)}q`;
    answers = `${third(1)}a`;
    inserts = `${third(2)}i`;
    taken = `${third(2)}o`;
    apply(remove, self, [HELLO, meet, true]);
    apply(add, self, [answers, hear, true]);
    apply(add, self, [inserts, deliver, true]);
    apply(dispatch, self, [construct(Custom, [`${apply(sliceOf, inserts, [0, 48]) as string}r`])]);
  };
  apply(add, self, [HELLO, meet, true]);
  apply(dispatch, self, [construct(Custom, [`${HELLO}?`])]);

  /** Asks about a body and what its address carries; `tell` is called once, at once where the answer is known. */
  const ask = (kind: string, url: string, text: string, query: string, changes: boolean, tell: Then): void => {
    // No content script, no check: it was never there (a page that is not guarded), or it is gone.
    if (!secret) return tell({ go: true, body: null });
    const id = ++count;
    // Word by word: what is an object is asked for `toJSON`, and a page can answer that.
    const detail = `{"id":${id},"kind":"${kind}","url":${encode(url)},"text":${encode(text)},"query":${encode(query)},"changes":${changes}}`;
    const found: Waiting = (waiting[id] = { tell, detail, answer: undefined, asking: true });
    apply(dispatch, self, [construct(Custom, [questions, { detail }])]);
    found.asking = false;
    end(id);
  };

  // `document.open()` takes all listeners away: ours come back, and what was asked meanwhile is asked again.
  const again = (): void => {
    if (!secret) return;
    apply(add, self, [answers, hear, true]);
    apply(add, self, [inserts, deliver, true]);
    later(() => {
      for (const id in waiting) apply(dispatch, self, [construct(Custom, [questions, { detail: waiting[id]!.detail }])]);
    }, 0);
  };
  new MutationObserver(again).observe(document, { childList: true });

  /** Bytes, one letter each. */
  const letters = (bytes: ArrayBuffer): string => {
    const view = construct(Bytes, [bytes]) as Uint8Array;
    let text = "";
    const length = apply(lengthOf, view, []) as number;
    const most = length < 26_000_000 ? length : 26_000_000;
    for (let i = 0; i < most; i++) text += fromCode(view[i]!);
    return text;
  };
  const bytesText = (bytes: ArrayBuffer): string => {
    try {
      return apply(decode, construct(Decoder, ["utf-8", { fatal: true }]), [bytes]) as string;
    } catch {
      return `\u0000${letters(bytes)}`;
    }
  };

  /** A copy that the page cannot change, and its text; later where it has to be read first. */
  const settle = (body: unknown, tell: (copy: unknown, text: string, changes: boolean) => void, fail: () => void): void => {
    const read = (promise: unknown, use: (bytes: ArrayBuffer) => void): void => void apply(then, promise, [use, fail]);
    if (body === null || body === undefined) return tell(body, "", false);
    if (has(body, Params)) {
      const text = apply(paramsText, body, []) as string;
      return tell(construct(Params, [text]), text, true);
    }
    if (has(body, Form)) {
      const copy = construct(Form, []);
      const blobs: Blob[] = [];
      let text = "";
      let blobCount = 0;
      apply(formEach, body, [
        (value: unknown, name: unknown) => {
          apply(formAppend, copy, [name, value]);
          if (typeof value === "string") text += `${value}\n`;
          else defineProperty(blobs, blobCount++, { value });
        },
      ]);
      const next = (i: number): void => {
        if (i === blobCount) return tell(copy, text, false);
        read(apply(blobBytes, blobs[i], []), (bytes) => {
          text += `${bytesText(bytes)}\n`;
          next(i + 1);
        });
      };
      return next(0);
    }
    if (has(body, BlobOf)) return read(apply(blobBytes, body, []), (bytes) => tell(body, bytesText(bytes), false));
    if (isView(body)) {
      const { buffer, byteOffset, byteLength } = body;
      const copy = apply(bufferSlice, buffer, [byteOffset, byteOffset + byteLength]) as ArrayBuffer;
      return tell(copy, bytesText(copy), false);
    }
    if (has(body, ArrayBuffer)) {
      const copy = apply(bufferSlice, body, [0]) as ArrayBuffer;
      return tell(copy, bytesText(copy), false);
    }
    if (typeof ReadableStream === "function" && has(body, ReadableStream)) return read(apply(responseBytes, construct(ResponseOf, [body]), []), (bytes) => tell(bytes, bytesText(bytes), false));
    if (has(body, Document)) {
      // The document itself could change while somebody decides.
      const text = apply(xmlOf, construct(Xml, []), [body]) as string;
      return tell(text, text, false);
    }
    const text = `${body as string}`;
    return tell(text, text, true);
  };

  /** What an address carries: its query is content too, and words in its path. */
  const wordy = (path: string): boolean => apply(indexOf, path, ["%"]) !== -1 || apply(indexOf, path, ["@"]) !== -1;
  const address = (url: string): { readonly href: string; readonly query: string } => {
    try {
      const made = construct(UrlOf, [url, apply(baseOf, document, [])]) as URL;
      const path = apply(pathOf, made, []) as string;
      const query = apply(searchOf, made, []) as string;
      return { href: apply(hrefOf, made, []) as string, query: (wordy(path) ? `${path}\n` : "") + (query.length > 12 ? query : "") };
    } catch {
      // What is no address for us may be one for the browser: all of it counts.
      return { href: "", query: url };
    }
  };

  const replace = (owner: object, name: string, make: (original: (...args: never[]) => unknown) => (...args: never[]) => unknown): void => {
    const found = getOwnPropertyDescriptor(owner, name);
    if (!found || typeof found.value !== "function") return;
    const ours = make(found.value as never);
    defineProperty(ours, "name", { value: name });
    defineProperty(ours, "length", { value: (found.value as () => void).length });
    // Not to be put back by a script that kept the original: there is none it could have kept.
    defineProperty(owner, name, { ...found, value: ours, writable: true, configurable: true });
  };

  replace(self, "fetch", (original) =>
    function fetch(this: unknown, input: unknown, init?: RequestInit) {
      const isRequest = has(input, RequestOf);
      return construct(PromiseOf, [
        (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => {
          const refuse = (): void => reject(construct(ErrorOf, ["Failed to fetch"]));
          try {
            const rest: RequestInit | undefined = init && { ...init };
            // Written once: an object could say something else the second time.
            const target = isRequest ? input : `${input as string}`;
            const { href, query } = address(isRequest ? (apply(urlOf, input, []) as string) : (target as string));
            const go = (body: unknown, changed: boolean): void => {
              try {
                resolve(apply(original, self as never, (changed ? [target, { ...rest, body }] : [target, rest]) as never));
              } catch (error) {
                reject(error);
              }
            };
            const check = (copy: unknown, text: string, changes: boolean, own: boolean): void =>
              ask("fetch", href, text, query, changes, ({ go: may, body }) => (may ? go(body ?? copy, own || body !== null) : refuse()));
            if (rest?.body !== undefined && rest.body !== null) return settle(rest.body, (copy, text, changes) => check(copy, text, changes, true), refuse);
            const verb = isRequest ? apply(methodOf, input, []) : "GET";
            // Firefox does not say whether a request has a body.
            if (verb !== "GET" && verb !== "HEAD") {
              const copy = apply(requestClone, input, []);
              return void apply(then, apply(requestBytes, copy, []), [(bytes: ArrayBuffer) => check(undefined, bytesText(bytes), false, false), refuse]);
            }
            if (!query) return go(undefined, false);
            return check(undefined, "", false, false);
          } catch (error) {
            return reject(error);
          }
        },
      ]);
    } as never,
  );

  const requests = new WeakMap<object, { url: string; query: string; waits: boolean; turn: number }>();
  replace(XMLHttpRequest.prototype, "open", (original) =>
    function open(this: XMLHttpRequest, ...args: unknown[]) {
      args[1] = `${args[1] as string}`;
      const { href, query } = address(args[1] as string);
      const before = apply(mapGet, requests, [this]) as { turn: number } | undefined;
      apply(mapSet, requests, [this, { url: href, query, waits: args.length < 3 || !!args[2], turn: (before?.turn ?? 0) + 1 }]);
      return apply(original, this as never, args as never);
    } as never,
  );
  replace(XMLHttpRequest.prototype, "abort", (original) =>
    function abort(this: XMLHttpRequest) {
      const state = apply(mapGet, requests, [this]) as { turn: number } | undefined;
      if (state) state.turn++;
      return apply(original, this as never, []);
    } as never,
  );
  replace(XMLHttpRequest.prototype, "send", (original) =>
    function send(this: XMLHttpRequest, body?: unknown) {
      const state = apply(mapGet, requests, [this]) as { url: string; query: string; waits: boolean; turn: number } | undefined;
      if (!state) return apply(original, this as never, [body] as never);
      const turn = state.turn;
      let inside = true;
      let refused = false;
      let done = false;
      let failed: unknown;
      const refuse = (): void => {
        refused = true;
        if (inside || state.turn !== turn) return;
        apply(dispatch, this, [construct(Event, ["error"])]);
        apply(dispatch, this, [construct(Event, ["loadend"])]);
      };
      settle(
        body,
        (copy, text, changes) =>
          ask("xhr", state.url, text, state.query, changes, (answer) => {
            if (!answer.go) return refuse();
            if (state.turn !== turn) return;
            done = true;
            try {
              apply(original, this as never, [answer.body ?? copy] as never);
            } catch (error) {
              failed = error;
            }
          }),
        refuse,
      );
      inside = false;
      if (failed) throw failed;
      if (done) return undefined;
      // A request that cannot wait, and nothing was known: it does not go.
      if (!state.waits) {
        state.turn++;
        throw construct(DomError, ["A network error occurred.", "NetworkError"]);
      }
      if (refused) later(() => apply(dispatch, this, [construct(Event, ["error"])]), 0);
      return undefined;
    } as never,
  );

  // Messages of one socket stay in order: what waits holds those behind it. A list of links, because
  // a page can put setters under the numbers of arrays.
  interface Job {
    copy: unknown;
    ready: boolean;
    drop: boolean;
    next: Job | undefined;
  }
  const queues = new WeakMap<object, { first: Job | undefined; last: Job | undefined }>();
  replace(WebSocket.prototype, "send", (original) =>
    function send(this: WebSocket, data: unknown) {
      let queue = apply(mapGet, queues, [this]) as { first: Job | undefined; last: Job | undefined } | undefined;
      if (!queue) apply(mapSet, queues, [this, (queue = { first: undefined, last: undefined })]);
      const line = queue;
      const job: Job = { copy: undefined, ready: false, drop: false, next: undefined };
      if (line.last) line.last.next = job;
      else line.first = job;
      line.last = job;
      const end = (drop: boolean, copy?: unknown): void => {
        job.copy = copy;
        job.ready = true;
        job.drop = drop;
        while (line.first?.ready) {
          const { copy, drop, next } = line.first;
          line.first = next;
          if (!next) line.last = undefined;
          if (!drop) apply(original, this as never, [copy] as never);
        }
      };
      settle(data, (copy, text, changes) => ask("socket", apply(socketUrl, this, []) as string, text, "", changes, ({ go, body }) => end(!go, body ?? copy)), () => end(true));
    } as never,
  );

  // Chromium: the same as a stream. What may not go is left out, as above.
  const Streams = (self as { WebSocketStream?: { readonly prototype: object } }).WebSocketStream;
  if (Streams) {
    const [openedOf, addressOf] = [getter(Streams.prototype, "opened"), getter(Streams.prototype, "url")];
    const [Writable, writerOf] = [WritableStream, method(WritableStream.prototype, "getWriter")];
    const [write, close, abort] = [method(WritableStreamDefaultWriter.prototype, "write"), method(WritableStreamDefaultWriter.prototype, "close"), method(WritableStreamDefaultWriter.prototype, "abort")];
    const known = new WeakMap<object, unknown>();
    const guarded = (socket: unknown, stream: unknown): unknown => {
      const writer = apply(writerOf, stream, []);
      const sink = create(null) as Record<string, unknown>;
      sink["write"] = (chunk: unknown) =>
        construct(PromiseOf, [
          (resolve: (value: unknown) => void, reject: (reason: unknown) => void) =>
            settle(chunk, (copy, text, changes) => ask("socket", apply(addressOf, socket, []) as string, text, "", changes, ({ go, body }) => resolve(go ? apply(write, writer, [body ?? copy]) : undefined)), () => reject(construct(ErrorOf, ["unreadable"]))),
        ]);
      sink["close"] = () => apply(close, writer, []);
      sink["abort"] = (reason: unknown) => apply(abort, writer, [reason]);
      return construct(Writable, [sink]);
    };
    defineProperty(Streams.prototype, "opened", {
      configurable: true,
      enumerable: true,
      get(this: object) {
        let opened = apply(mapGet, known, [this]);
        if (!opened) {
          opened = apply(then, apply(openedOf, this, []), [(made: { readonly writable: unknown }) => ({ ...made, writable: guarded(this, made.writable) })]);
          apply(mapSet, known, [this, opened]);
        }
        return opened;
      },
    });
  }

  replace(Navigator.prototype, "sendBeacon", (original) =>
    function sendBeacon(this: Navigator, url: string, data?: unknown) {
      const { href, query } = address(`${url}`);
      let sent = true;
      settle(data, (copy, text, changes) => ask("beacon", href, text, query, changes, ({ go, body }) => {
        sent = go && (apply(original, this as never, [href, body ?? copy] as never) as boolean);
      }), () => undefined);
      return sent;
    } as never,
  );

  replace(HTMLFormElement.prototype, "submit", (original) =>
    function submit(this: HTMLFormElement) {
      settle(construct(Form, [this]), (_, text) => ask("form", this.action, text, "", false, ({ go }) => void (go && apply(original, this as never, []))), () => undefined);
    } as never,
  );

  // Chromium: a request that leaves when the page does. What is not known yet leaves later, or never.
  replace(self, "fetchLater", (original) =>
    function fetchLater(this: unknown, input: unknown, init?: RequestInit) {
      const isRequest = has(input, RequestOf);
      const rest: RequestInit | undefined = init && { ...init };
      const target = isRequest ? apply(requestClone, input, []) : `${input as string}`;
      const { href, query } = address(isRequest ? (apply(urlOf, target, []) as string) : (target as string));
      let made: unknown;
      const go = (body: unknown): void => {
        made = apply(original, self as never, [target, body === undefined ? rest : { ...rest, body }] as never);
      };
      if (rest?.body !== undefined && rest.body !== null) settle(rest.body, (copy, text, changes) => ask("later", href, text, query, changes, ({ go: may, body }) => may && go(body ?? copy)), () => undefined);
      else if (isRequest) apply(then, apply(requestBytes, apply(requestClone, target, []), []), [(bytes: ArrayBuffer) => ask("later", href, bytesText(bytes), query, false, ({ go: may }) => may && go(undefined)), () => undefined]);
      else ask("later", href, "", query, false, ({ go: may }) => may && go(undefined));
      return made ?? { activated: false };
    } as never,
  );

  // A file field that stands nowhere in the page tells nobody what was chosen: it stands in the page
  // while it is open.
  const [appendTo, withoutOthers, isThere, typeOf] = [method(Node.prototype, "appendChild"), method(Element.prototype, "replaceChildren"), getter(Node.prototype, "isConnected"), getter(HTMLInputElement.prototype, "type")];
  const rootOf = getter(Document.prototype, "documentElement");
  const holder = document.createElement("span");
  holder.style.setProperty("display", "none", "important");
  const place = (field: unknown): void => {
    if (!has(field, InputOf) || apply(typeOf, field, []) !== "file" || apply(isThere, field, [])) return;
    apply(withoutOthers, holder, [field]);
    apply(appendTo, apply(rootOf, document, []), [holder]);
  };
  for (const [owner, name] of [[HTMLElement.prototype, "click"], [HTMLInputElement.prototype, "showPicker"]] as const) {
    replace(owner, name, (original) =>
      function (this: unknown) {
        place(this);
        return apply(original, this as never, []);
      } as never,
    );
  }
  defineProperty(HTMLInputElement.prototype, "dispatchEvent", {
    configurable: true,
    writable: true,
    value: function dispatchEvent(this: unknown, event: Event) {
      if (has(event, MouseOf)) place(this);
      return apply(dispatch, this, [event]);
    },
  });

  // Chromium: a page may ask for files without a field. Files of the page's own store are its own.
  const Handle = (self as { FileSystemFileHandle?: { readonly prototype: object } }).FileSystemFileHandle;
  const Folder = (self as { FileSystemDirectoryHandle?: { readonly prototype: object } }).FileSystemDirectoryHandle;
  if (Handle && Folder && "showOpenFilePicker" in self) {
    const [store, inside, nameOf, mimeOf, sizeOf] = [method(StorageManager.prototype, "getDirectory"), method(Folder.prototype, "resolve"), getter(File.prototype, "name"), getter(Blob.prototype, "type"), getter(Blob.prototype, "size")];
    const { storage } = navigator;
    const allowed = new WeakMap<object, boolean>();
    replace(Handle.prototype, "getFile", (original) =>
      function getFile(this: unknown) {
        return construct(PromiseOf, [
          (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => {
            if (apply(mapGet, allowed, [this])) return resolve(apply(original, this as never, []));
            const check = (file: Blob): void => {
              const size = apply(sizeOf, file, []) as number;
              const tell = (bytes: string): void => ask("file", "", `{"name":${encode(apply(nameOf, file, []))},"mime":${encode(apply(mimeOf, file, []))},"size":${size},"bytes":${encode(bytes)}}`, "", false, ({ go }) => {
                if (!go) return reject(construct(DomError, ["The user aborted a request.", "AbortError"]));
                apply(mapSet, allowed, [this, true]);
                resolve(file);
              });
              // Larger ones go by name and type.
              if (size > 25_000_000) tell("");
              else apply(then, apply(blobBytes, file, []), [(bytes: ArrayBuffer) => tell(letters(bytes)), reject]);
            };
            const foreign = (): void => void apply(then, apply(original, this as never, []), [check, reject]);
            apply(then, apply(store, storage, []), [(root: unknown) => apply(then, apply(inside, root, [this]), [(path: unknown) => (path ? resolve(apply(original, this as never, [])) : foreign()), foreign]), foreign]);
          },
        ]);
      } as never,
    );
  }

  // Firefox finds what stands in closed shadow roots: a page could guess at our dialog's words.
  replace(self, "find", () => (() => false) as never);

  const Source = self.EventSource;
  if (Source) {
    const ours = new Proxy(Source, {
      construct(target, args, made) {
        args[0] = `${args[0] as string}`;
        const { href, query } = address(args[0] as string);
        let may = true;
        if (query) {
          may = false;
          ask("source", href, "", query, false, ({ go }) => (may = go));
        }
        // It cannot wait: what was not known goes nowhere.
        return construct(target, may ? args : ["data:text/event-stream,"], made);
      },
    });
    defineProperty(self, "EventSource", { value: ours, writable: true, configurable: true, enumerable: false });
  }
})();
