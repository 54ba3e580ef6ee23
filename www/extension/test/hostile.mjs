// A page that means ill. What it cannot do is a test; what it still can stands in
// docs/extension-threats.md.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SAYS, SETTINGS } from "./cases.mjs";
import { administer } from "./policies.mjs";
import { serve } from "./servers.mjs";
import { PERSON, TEXT, until, wait } from "./support.mjs";

export function defend(name, start) {
  let servers;
  let browser;
  before(async () => {
    administer(name, SETTINGS);
    servers = await serve();
    browser = await start({ build: `${name}-managed` });
    await browser.administered();
    await warm();
  });
  after(async () => {
    await browser?.close();
    await servers?.close();
  });

  /** Until the guard has answered once. */
  const warm = async () => {
    const tab = await browser.open(servers.at("/chat?editor=textarea"));
    await tab.see("focusField()");
    await until(async () => {
      await tab.paste(SAYS.block.text);
      const dialog = await tab.asked(2000).catch(() => undefined);
      await tab.press("Escape");
      return dialog?.text.includes("Schlüssel");
    }, "guard", 20_000);
    await tab.close();
  };

  const attack = (what, run) =>
    test(`${name}: ${what}`, async () => {
      servers.got.length = 0;
      const tab = await browser.open(servers.at("/chat?editor=textarea"));
      try {
        await tab.see("focusField()");
        await run(tab);
        assert.ok(!servers.got.some(({ path, text, search = "" }) => decodeURIComponent((text + path + search).replace(/%(?![\da-f]{2})/gi, "%25")).includes(PERSON)), "nothing left the page");
      } finally {
        await tab.close();
      }
    });
  const host = "[...document.documentElement.children].find((element) => element.localName === 'div')";
  const written = (tab) => tab.see("read()");

  attack("reads the dialog", async (tab) => {
    await tab.paste(TEXT);
    await tab.asked();
    assert.equal(await tab.see(`${host}.shadowRoot`), null);
    assert.ok(!(await tab.see("document.documentElement.outerHTML + document.documentElement.innerText + (document.documentElement.getHTML?.({ serializableShadowRoots: true }) ?? '')")).includes(PERSON));
    assert.equal(await tab.see("getSelection().selectAllChildren(document.documentElement), getSelection().toString().includes('jutta')"), false);
    assert.equal(await tab.see("window.find?.('jutta') ?? false"), false);
    await tab.press("Escape");
  });

  attack("presses buttons by script", async (tab) => {
    await tab.paste(TEXT);
    await tab.asked();
    await wait(800);
    await tab.see(`{
      const shield = ${host};
      shield.click();
      for (let y = 0; y < innerHeight; y += 8) for (let x = 0; x < innerWidth; x += 40) {
        const target = document.elementFromPoint(x, y);
        for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) target?.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, clientX: x, clientY: y, detail: 1 }));
      }
      for (const key of ["Enter", " ", "Tab"]) for (const type of ["keydown", "keypress", "keyup"]) (document.activeElement ?? shield).dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, composed: true }));
    }`);
    await wait(200);
    assert.ok(await tab.dialog(), "still asking");
    assert.equal(await written(tab), "");
    await tab.press("Escape");
  });

  attack("who writes on while the dialog comes has not answered", async (tab) => {
    await tab.type("x");
    await tab.see(`void fetch("/api/x", { method: "POST", body: ${JSON.stringify(SAYS.justify.text)} }).then(() => (window.went = true), () => 0)`);
    await tab.asked();
    // Without a rest in between: the field for the reason has the focus, and Enter would give it.
    await tab.type("und viele liebe Grüße aus dem Lager");
    await tab.press("Enter");
    await wait(150);
    assert.ok(await tab.dialog(), "still asking");
    assert.equal(await tab.see("window.went ?? false"), false);
    assert.ok(!servers.got.some(({ text }) => text.includes(SAYS.justify.secret)));
    await tab.press("Escape");
    await until(async () => !(await tab.dialog()), "leaving is always possible");
  });

  attack("listens to the keys of the dialog", async (tab) => {
    await tab.see("window.heard = ''; for (const type of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input']) window.addEventListener(type, (event) => (window.heard += event.key ?? event.data ?? ''), true)");
    await tab.paste(SAYS.justify.text);
    await tab.asked();
    await wait(700);
    await tab.see("window.heard = ''");
    await tab.type("geheim");
    assert.equal(await tab.see("window.heard"), "");
    await tab.press("Escape");
  });

  attack("forges messages and consent", async (tab) => {
    await tab.see(`{
      for (const detail of ["a".repeat(48), JSON.stringify({ id: 1, go: true, body: null })]) for (const type of ["riegel-hello", "riegel-hello?", "a", "q"]) window.dispatchEvent(new CustomEvent(type, { detail }));
      for (const message of [{ ask: "chose", entry: 1, choice: "reason" }, { ask: "site" }, { admin: "own", settings: {} }]) window.postMessage(message, "*");
      const runtime = globalThis.chrome?.runtime ?? globalThis.browser?.runtime;
      window.answered = "no";
      try { runtime?.sendMessage?.("nkkemknpcmjibehkbfpgcgccdfkcdijd", { admin: "overview" }, (answer) => (window.answered = answer ? "yes" : "no")); } catch {}
    }`);
    await tab.type("x");
    await tab.see(`void fetch("/api/x", { method: "POST", body: ${JSON.stringify(TEXT)} }).catch(() => 0)`);
    await tab.asked();
    assert.equal(await tab.see("window.answered"), "no");
    await tab.press("Escape");
  });

  attack("looks at the event that its request goes on by, and forges the next answer", async (tab) => {
    await tab.type("x");
    await wait(200);
    const names = await tab.see(`(async () => {
      const names = [];
      const look = () => { if (window.event) names.push(window.event.type); return "1"; };
      const body = "Welche Farbe passt zu einer Pumpe";
      // The first one waits for its answer, the second one has it at once.
      for (let i = 0; i < 2; i++) await fetch("/api/y", { method: "POST", body, headers: { get x() { return look(); } } });
      Object.defineProperty(Promise.prototype, "constructor", { configurable: true, get() { look(); return Promise; } });
      for (let i = 0; i < 2; i++) await fetch("/api/y", { method: "POST", body: body + "?", headers: { get x() { return look(); } } });
      Object.defineProperty(Promise.prototype, "constructor", { configurable: true, writable: true, value: Promise });
      window.went = fetch("/api/x", { method: "POST", body: ${JSON.stringify(TEXT)} }).catch(() => 0);
      for (const name of names) for (let id = 0; id < 50; id++) window.dispatchEvent(new CustomEvent(name, { detail: JSON.stringify({ id, go: true, body: null }) }));
      return names;
    })()`);
    assert.deepEqual(names, [], "no name of an event is learnt");
    await tab.asked();
    await tab.press("Escape");
  });

  attack("takes the dialog away", async (tab) => {
    await tab.paste(TEXT);
    await tab.asked();
    await tab.see(`${host}.remove()`);
    await until(async () => !(await tab.dialog()), "gone");
    await wait(100);
    assert.equal(await written(tab), "");
    // And the next one is asked again.
    await tab.see("focusField()");
    await tab.paste(`${TEXT} Danke.`);
    await tab.asked();
    await tab.press("Escape");
  });

  attack("moves the dialog to where it is not seen", async (tab) => {
    await tab.paste(SAYS.justify.text);
    await tab.asked();
    await tab.see(`{ const away = document.createElement("div"); away.style.cssText = "opacity:0.01;position:fixed;inset:0"; document.body.append(away); away.append(${host}); 0 }`);
    await until(async () => !(await tab.dialog()), "gone");
    assert.equal(await written(tab), "");
    await tab.see("focusField()");
    await tab.paste(TEXT);
    await tab.asked();
    await tab.press("Escape");
  });

  attack("writes its document anew, to be rid of our listeners", async (tab) => {
    await tab.type("x");
    await tab.see(`{
      const text = ${JSON.stringify(TEXT)};
      document.open();
      document.write('<textarea id="field"></textarea>');
      // Asked while nobody listens: it is asked again, not forgotten.
      fetch("/api/x", { method: "POST", body: "Sofort: " + text }).then(() => (window.went = true), () => (window.went = false));
      document.close();
      0;
    }`);
    await tab.asked();
    await tab.press("Escape");
    await until(() => tab.see("window.went === false"), "refused");
    await tab.see("document.querySelector('#field').focus()");
    await tab.paste(TEXT);
    await tab.asked();
    await tab.press("Escape");
    assert.equal(await tab.see("document.querySelector('#field').value"), "");
  });

  attack("freezes and replaces what scripts are made of", async (tab) => {
    // The driver of the test needs these things as well: what it needs is done before, or put back after.
    await tab.see(`{
      const text = ${JSON.stringify(TEXT)};
      navigator.clipboard.writeText(text);
      const nothing = () => undefined;
      const owners = [[Event.prototype, ["preventDefault", "stopImmediatePropagation", "stopPropagation"]], [EventTarget.prototype, ["addEventListener", "dispatchEvent"]], [Function.prototype, ["call", "apply"]], [Reflect, ["apply", "construct"]], [JSON, ["parse", "stringify"]], [String.prototype, ["trim"]], [WeakMap.prototype, ["get", "set"]]];
      const { setTimeout, fetch, Object: O, CustomEvent: C } = window;
      window.tamper = () => {
        const kept = [];
        for (const [owner, names] of owners) for (const name of names) { kept[kept.length] = [owner, name, O.getOwnPropertyDescriptor(owner, name)]; owner[name] = nothing; }
        const detail = O.getOwnPropertyDescriptor(C.prototype, "detail");
        O.defineProperty(C.prototype, "detail", { configurable: true, get: () => '{"id":1,"go":true,"body":null}' });
        const iterator = Array.prototype[Symbol.iterator];
        Array.prototype[Symbol.iterator] = function* () {};
        O.prototype.go = true;
        // Whoever is asked what an object is as JSON can say that it is nothing.
        O.defineProperty(O.prototype, "toJSON", { configurable: true, value() { return this && "changes" in this ? { id: this.id, kind: "fetch", url: "", text: "", query: "", changes: false } : this; } });
        O.defineProperty(O.prototype, "body", { value: text, writable: true, configurable: true });
        O.defineProperty(Array.prototype, 0, { configurable: true, set: nothing });
        return () => {
          delete Array.prototype[0]; delete O.prototype.body; delete O.prototype.go; delete O.prototype.toJSON;
          Array.prototype[Symbol.iterator] = iterator;
          O.defineProperty(C.prototype, "detail", detail);
          for (let i = 0; i < kept.length; i++) O.defineProperty(kept[i][0], kept[i][1], kept[i][2]);
        };
      };
      addEventListener("keydown", (event) => { if (event.key === "v" || event.key === "V") { const back = window.tamper(); setTimeout(back, 700); } }, true);
      window.later = () => setTimeout(() => { const back = window.tamper(); window.went = fetch("/api/x", { method: "POST", body: "Noch einmal: " + text }); back(); }, 50);
      window.frozen = () => { for (const thing of [Event, EventTarget, CustomEvent, Array, Function, Promise, Map, WeakMap, String]) O.freeze(thing.prototype); };
    }`);
    await wait(100);
    await tab.press(name === "chromium" ? "Control+V" : "Control+v");
    await wait(1000);
    await tab.asked();
    await tab.press("Escape");
    await until(async () => !(await tab.dialog()), "closed");
    await tab.see("later(), 0");
    await tab.asked();
    await tab.press("Escape");
    await until(async () => !(await tab.dialog()), "closed");
    assert.equal(await written(tab), "");
    await tab.see("window.went.catch(() => 0), frozen(), 0");
    await tab.see("focusField()");
    await tab.paste(`${TEXT} Gruß.`);
    await tab.asked();
    await tab.press("Escape");
  });

  attack("puts fetch, send and beacon back", async (tab) => {
    await tab.type("x");
    await tab.see(`{
      const text = ${JSON.stringify(TEXT)};
      delete window.fetch; delete XMLHttpRequest.prototype.send; delete WebSocket.prototype.send; delete Navigator.prototype.sendBeacon;
      window.tried = [];
      const attempt = (act) => { try { window.tried.push(String(act())); } catch (error) { window.tried.push("none"); } };
      attempt(() => fetch("/api/a", { method: "POST", body: text }));
      attempt(() => Window.prototype.fetch.call(window, "/api/b", { method: "POST", body: text }));
      attempt(() => { const request = new XMLHttpRequest(); request.open("POST", "/api/c"); request.send(text); });
    }`);
    await wait(300);
    if (await tab.dialog()) await tab.press("Escape");
  });

  attack("takes a fresh frame's fetch", async (tab) => {
    await tab.type("x");
    await tab.see(`{
      const frame = document.createElement("iframe");
      document.body.append(frame);
      setTimeout(() => frame.contentWindow.fetch(location.origin + "/api/frame", { method: "POST", body: ${JSON.stringify(TEXT)} }).catch(() => 0), 300);
    }`);
    await wait(800);
    if (await tab.dialog()) await tab.press("Escape");
  });

  attack("takes the fetch of a window that it opened", async (tab) => {
    await tab.see(`document.querySelector("#send").addEventListener("click", () => {
      const other = window.open("about:blank");
      setTimeout(() => { void other.fetch(${JSON.stringify(servers.at("/api/x"))}, { method: "POST", body: ${JSON.stringify(TEXT)} }).catch(() => 0); window.tried = true; }, 600);
    }, { once: true })`);
    await tab.click("#send");
    await until(() => tab.see("window.tried"), "attempt");
    await wait(500);
  });

  attack("catches what is typed before it is text", async (tab) => {
    // A page that draws its own editor: nothing of it is ever in a field.
    await tab.see(`{
      let buffer = "";
      window.addEventListener("beforeinput", (event) => { event.preventDefault(); buffer += event.data ?? ""; }, true);
      window.sendBuffer = () => void fetch("/api/x", { method: "POST", body: JSON.stringify({ prompt: buffer }) }).catch(() => 0);
    }`);
    await tab.type(TEXT);
    await tab.see("sendBuffer()");
    const dialog = await tab.asked();
    assert.ok(dialog.buttons[0].includes("Geschwärzt"));
    await tab.press("Escape");
  });

  attack("reads the clipboard itself", async (tab) => {
    await tab.see(`{
      navigator.clipboard.writeText(${JSON.stringify(TEXT)});
      document.querySelector("#send").addEventListener("click", async () => { const text = await navigator.clipboard.readText(); navigator.sendBeacon("/api/x", text); }, { once: true });
      document.execCommand("paste");
    }`);
    await wait(100);
    assert.ok(!(await written(tab)).includes(PERSON));
    await tab.click("#send");
    if (name === "chromium") await tab.asked();
    else await wait(400);
    if (await tab.dialog()) await tab.press("Escape");
  });

  attack("hides words in the HTML of what is pasted", async (tab) => {
    await tab.see(`navigator.clipboard.write([new ClipboardItem({ "text/plain": new Blob(["Hallo"], { type: "text/plain" }), "text/html": new Blob(["<p>Hallo</p><p hidden>${TEXT}</p>"], { type: "text/html" }) })])`);
    await wait(100);
    await tab.press(name === "chromium" ? "Control+V" : "Control+v");
    await tab.asked();
    await tab.press("Escape");
  });

  attack("with catching in the page switched off, the second net holds", async (tab) => {
    // As if none of our listeners had been there: the text stands in a field, and the page takes it.
    await tab.type("x");
    for (const [what, code] of Object.entries({
      fetch: "fetch('/api/1', { method: 'POST', body: JSON.stringify({ messages: [{ content: text }] }) }).catch(() => 0)",
      xhr: "{ const r = new XMLHttpRequest(); r.open('POST', '/api/2'); r.send(text); }",
      sync: "try { const r = new XMLHttpRequest(); r.open('POST', '/api/3', false); r.send(text); } catch {}",
      beacon: "navigator.sendBeacon('/api/4', text)",
      query: "fetch('/api/5?q=' + encodeURIComponent(text)).catch(() => 0)",
      source: "new EventSource('/api/6?q=' + encodeURIComponent(text))",
      socket: "{ const s = new WebSocket('ws://' + location.host + '/socket'); s.onopen = () => s.send(text); }",
      ...(name === "chromium" && { stream: "new WebSocketStream('ws://' + location.host + '/socket').opened.then(({ writable }) => writable.getWriter().write(text))" }),
      base: "Object.defineProperty(document, 'baseURI', { configurable: true, get() { throw 0; } }); fetch('/api/11?q=' + encodeURIComponent(text)).catch(() => 0); delete document.baseURI",
      path: "fetch('/api/8/' + encodeURIComponent(text)).catch(() => 0)",
      ...(name === "chromium" && { later: "fetchLater('/api/9', { method: 'POST', body: text, activateAfter: 0 })" }),
      hidden: "{ const f = document.createElement('form'); f.method = 'post'; f.action = '/api/10'; f.target = 'nowhere'; f.innerHTML = '<input type=hidden name=q>'; f.firstChild.value = text; document.body.append(f); f.requestSubmit(); }",
      form: "{ const f = document.createElement('form'); f.method = 'post'; f.action = '/api/7'; f.target = 'nowhere'; f.innerHTML = '<input name=q>'; f.firstChild.value = text; document.body.append(f); f.submit(); }",
    })) {
      await tab.see(`{ const text = ${JSON.stringify(`${TEXT} ${what}`)}; ${code}; 0 }`);
      if (what === "source") await wait(300);
      else await tab.asked();
      if (await tab.dialog()) await tab.press("Escape");
      await until(async () => !(await tab.dialog()), `${what} closed`);
    }
  });

  attack("what stands in the address is not redacted by redacting the body", async (tab) => {
    await tab.type("x");
    await tab.see(`void fetch("/api/x?q=" + encodeURIComponent(${JSON.stringify(TEXT)}), { method: "POST", body: '{"a":"Hallo Welt"}' }).catch(() => 0)`);
    const { buttons } = await tab.asked();
    assert.equal(buttons.length, 1, "there is only a no");
    await tab.press("Escape");
  });

  test(`${name}: a body that is redacted is the body alone, not its address`, async () => {
    servers.got.length = 0;
    const tab = await browser.open(servers.at("/chat?editor=textarea"));
    await tab.see("focusField()");
    await tab.type("x");
    await tab.see(`void fetch("/api/x?session=0123456789abcdef", { method: "POST", body: JSON.stringify({ content: ${JSON.stringify(TEXT)} }) }).catch(() => 0)`);
    await tab.button("Geschwärzt senden");
    await until(() => servers.got.length, "request");
    assert.match(JSON.parse(servers.got[0].text).content, /\[EMAIL_\d+\]/);
    await tab.close();
  });

  if (name === "chromium") {
    attack("draws over the dialog what presses go through", async (tab) => {
      await tab.paste(TEXT);
      await tab.asked();
      await tab.see("{ const cover = document.createElement('div'); cover.popover = 'manual'; cover.style.cssText = 'pointer-events:none;position:fixed;inset:0;width:100vw;height:100vh;background:white'; cover.textContent = 'Gewinnspiel: hier klicken'; document.body.append(cover); cover.showPopover(); 0 }");
      await wait(300);
      await tab.button("Schwärzen");
      await tab.press("Enter");
      await wait(200);
      assert.ok(await tab.dialog(), "still asking");
      assert.equal(await written(tab), "");
      await tab.press("Escape");
    });
    attack("a drag from another tab", async (tab) => {
      await tab.drop(TEXT);
      await tab.asked();
      await tab.press("Escape");
      assert.equal(await written(tab), "");
    });
    attack("hears what is dropped on the dialog", async (tab) => {
      await tab.see("window.heard = ''; for (const name of ['dragover', 'drop']) addEventListener(name, (event) => { event.preventDefault(); window.heard += event.dataTransfer.getData('text/plain'); }, true)");
      await tab.paste(SAYS.justify.text);
      await tab.asked();
      await tab.dropAt(500, 400, TEXT);
      await wait(200);
      assert.equal(await tab.see("heard"), "");
      await tab.press("Escape");
    });
    attack("lies over the dialog", async (tab) => {
      await tab.paste(TEXT);
      await tab.asked();
      await tab.see("{ const cover = document.createElement('dialog'); cover.style.cssText = 'width:100vw;height:100vh;max-width:none;max-height:none;margin:0;opacity:0.01'; document.body.append(cover); cover.showModal(); }");
      await wait(300);
      await tab.button("Schwärzen").catch(() => undefined);
      await wait(150);
      assert.equal(await written(tab), "");
    });
  }
}
