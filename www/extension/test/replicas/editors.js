// Replicas of chat pages: real editors, and a `send` that shows what left the page.
const out = document.querySelector("output");
const log = (text) => (out.textContent += `${text}|`);
const backend = new URL("/api/chat", location.href).href;
const send = async (text) => {
  log(`sent:${text}`);
  if (!window.quiet) await fetch(backend, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ messages: [{ role: "user", content: text }] }) }).catch(() => log("refused"));
};
const onEnter = (element, read, clear) => {
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    send(read());
    clear?.();
  }, true);
};
const button = (read) => document.querySelector("#send").addEventListener("click", () => send(read()));
const place = document.querySelector("#editor");

const KINDS = {
  textarea() {
    const field = document.createElement("textarea");
    field.id = "field";
    field.setAttribute("aria-label", "Nachricht");
    place.append(field);
    onEnter(field, () => field.value);
    button(() => field.value);
    return () => field.value;
  },
  form() {
    const form = document.createElement("form");
    form.innerHTML = '<textarea id="field" aria-label="Nachricht"></textarea><button id="submit">Los</button>';
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form.querySelector("textarea").value);
    });
    place.append(form);
    return () => form.querySelector("textarea").value;
  },
  async prosemirror() {
    const [{ EditorState }, { EditorView }, { schema }, { baseKeymap }, { keymap }, { history }] = await Promise.all([import("prosemirror-state"), import("prosemirror-view"), import("prosemirror-schema-basic"), import("prosemirror-commands"), import("prosemirror-keymap"), import("prosemirror-history")]);
    const read = () => view.state.doc.textBetween(0, view.state.doc.content.size, "\n");
    const view = new EditorView(place, { state: EditorState.create({ schema, plugins: [history(), keymap({ Enter: () => (send(read()), true) }), keymap(baseKeymap)] }) });
    view.dom.id = "field";
    button(read);
    return read;
  },
  async lexical() {
    const [lexical, { registerPlainText }] = await Promise.all([import("lexical"), import("@lexical/plain-text")]);
    const field = document.createElement("div");
    field.id = "field";
    field.contentEditable = "true";
    place.append(field);
    const editor = lexical.createEditor({ onError: (error) => log(`error:${error.message}`) });
    editor.setRootElement(field);
    registerPlainText(editor);
    editor.update(() => {
      const root = lexical.$getRoot();
      if (!root.getFirstChild()) root.append(lexical.$createParagraphNode());
    });
    const read = () => editor.getEditorState().read(() => lexical.$getRoot().getTextContent());
    editor.registerCommand(lexical.KEY_ENTER_COMMAND, (event) => {
      event?.preventDefault();
      send(read());
      return true;
    }, lexical.COMMAND_PRIORITY_HIGH);
    button(read);
    return read;
  },
  async quill() {
    const { default: Quill } = await import("quill");
    const field = document.createElement("div");
    place.append(field);
    const quill = new Quill(field, { modules: { toolbar: false } });
    quill.root.id = "field";
    const read = () => quill.getText().trimEnd();
    onEnter(quill.root, read);
    button(read);
    return read;
  },
  async codemirror() {
    const { EditorView, minimalSetup } = await import("codemirror");
    const view = new EditorView({ parent: place, extensions: [minimalSetup] });
    view.contentDOM.id = "field";
    const read = () => view.state.doc.toString();
    onEnter(view.contentDOM, read);
    button(read);
    return read;
  },
  async slate() {
    const [React, { createRoot }, slate, { Slate, Editable, withReact }] = await Promise.all([import("react"), import("react-dom/client"), import("slate"), import("slate-react")]);
    const editor = withReact(slate.createEditor());
    const read = () => editor.children.map((node) => slate.Node.string(node)).join("\n");
    createRoot(place).render(React.createElement(Slate, { editor, initialValue: [{ type: "paragraph", children: [{ text: "" }] }] }, React.createElement(Editable, { id: "field", onKeyDown: (event) => { if (event.key === "Enter") { event.preventDefault(); send(read()); } } })));
    button(read);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return read;
  },
  shadow() {
    const outer = document.createElement("chat-box");
    place.append(outer);
    const root = outer.attachShadow({ mode: "closed" });
    const inner = document.createElement("chat-field");
    root.append(inner);
    const deep = inner.attachShadow({ mode: "open" });
    deep.innerHTML = '<textarea id="field" aria-label="Nachricht"></textarea>';
    const field = deep.querySelector("textarea");
    onEnter(field, () => field.value);
    button(() => field.value);
    window.focusField = () => field.focus();
    return () => field.value;
  },
  rerender() {
    // A page that throws its editor away with every key.
    let text = "";
    const paint = (focus) => {
      const field = document.createElement("textarea");
      field.id = "field";
      field.setAttribute("aria-label", "Nachricht");
      field.value = text;
      place.replaceChildren(field);
      field.addEventListener("input", () => {
        text = field.value;
        const at = field.selectionStart;
        paint(true).setSelectionRange(at, at);
      });
      onEnter(field, () => text);
      if (focus) field.focus();
      return field;
    };
    paint(false);
    button(() => text);
    return () => text;
  },
  hook() {
    // A page that looks at everything as early as it can.
    for (const target of [window, document]) {
      for (const name of ["paste", "drop", "beforeinput", "copy", "input"]) {
        target.addEventListener(name, (event) => {
          const text = event.clipboardData?.getData("text/plain") || event.dataTransfer?.getData("text/plain") || "";
          if (text) log(`saw ${name}:${text}`);
        }, true);
      }
    }
    return KINDS.textarea();
  },
  socket() {
    const socket = new WebSocket(`ws://${location.host}/socket`);
    window.quiet = true;
    const field = document.createElement("textarea");
    field.id = "field";
    field.setAttribute("aria-label", "Nachricht");
    place.append(field);
    const go = () => {
      log(`sent:${field.value}`);
      socket.send(JSON.stringify({ event: "send", content: [{ type: "text", text: field.value }] }));
    };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); go(); }
    });
    document.querySelector("#send").addEventListener("click", go);
    return () => field.value;
  },
};

const kind = new URLSearchParams(location.search).get("editor") ?? "textarea";
const read = await KINDS[kind]();
window.read = read;
window.focusField ??= () => document.querySelector("#field").focus();
const files = document.querySelector("#file");
files.addEventListener("change", () => log(`file:${[...files.files].map(({ name }) => name).join()}`));
document.querySelector("#editor").addEventListener("drop", (event) => {
  const { files } = event.dataTransfer;
  if (files.length) { event.preventDefault(); log(`dropped:${[...files].map(({ name }) => name).join()}`); }
});
document.querySelector("#editor").addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
window.ready = true;
