// A chat page as somebody would write it: the guard is two statements, everything else is the chat.
import "@riegel/widget";

const guard = document.querySelector("riegel-guard");
const conversation = document.querySelector("#conversation");
const question = document.querySelector("#question");
const messages = [];

guard.start({
  source: [fetch("baseline.wasm"), fetch("prompt_sicherheit.wasm")],
  event: { destination: { host: "assistent.muster-pumpen.example" } },
});
const ask = guard.chat();

const show = (role, text = "") => {
  const line = document.createElement("li");
  line.className = role;
  line.textContent = text;
  conversation.append(line);
  return line;
};

document.querySelector("#chat").addEventListener("submit", async (submit) => {
  submit.preventDefault();
  const content = question.value;
  question.value = "";
  messages.push({ role: "user", content });
  show("user", content);
  const response = await ask("v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "demo", stream: true, messages }),
  });
  if (!response.ok) return;
  const line = show("assistant");
  let rest = "";
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const text of lines) {
      if (text.startsWith("data: {")) line.textContent += JSON.parse(text.slice(6)).choices[0].delta.content ?? "";
    }
  }
  messages.push({ role: "assistant", content: line.textContent });
});

document.querySelector("#language").addEventListener("click", ({ target }) => {
  const lang = document.documentElement.lang === "de" ? "en" : "de";
  document.documentElement.lang = lang;
  target.textContent = lang === "de" ? "English" : "Deutsch";
  target.lang = lang === "de" ? "en" : "de";
  for (const element of document.querySelectorAll("[data-de]")) element.textContent = element.dataset[lang];
});
