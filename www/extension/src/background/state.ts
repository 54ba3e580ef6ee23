// What the background knows: settings, the active policy, who is asking. It sleeps and wakes, so
// everything here can be made again from the stores.

import { web, type Sender } from "../shared/browser.js";
import { isService } from "../shared/services.js";
import { readSettings, type Reading, type Settings } from "../shared/settings.js";
import { languageOf, type Language } from "../shared/words.js";
import { Conversation, type Means } from "./conversation.js";
import { active, type Active } from "./policy.js";

const LESSONS = "lessons";
const MOST_CONVERSATIONS = 50;
const LAST = "managed";
/** How long we wait for what an administrator set, in milliseconds. */
const PATIENCE = 100;

export class State {
  #reading: Promise<Reading> | undefined;
  #active: Promise<Active> | undefined;
  #means: Promise<Means> | undefined;
  readonly #conversations = new Map<string, Promise<Conversation>>();
  /** What is to be done when an administrator's settings turn out to be others. */
  onRenewed: () => Promise<void> = () => Promise.resolve();

  /** What the administrator set; what a person set themselves where there is no administrator. */
  async settings(): Promise<Reading> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /**
   * Chromium needs seconds after its start to say what an administrator set: until then what they
   * set last time holds, or else the careful defaults.
   */
  async #read(): Promise<Reading> {
    const { own = {}, managed: last } = (await web.storage.local.get(["own", LAST])) as Record<string, Record<string, unknown> | undefined>;
    const asked = web.storage.managed.get(null).catch(() => ({}));
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
    const now = await Promise.race([asked, late]);
    if (!now) {
      void asked.then(async (managed) => {
        if (JSON.stringify(managed) === JSON.stringify(last ?? {})) return;
        await web.storage.local.set({ [LAST]: managed });
        this.renew();
        await this.onRenewed();
      });
    } else if (JSON.stringify(now) !== JSON.stringify(last ?? {})) await web.storage.local.set({ [LAST]: now });
    const managed = now ?? last ?? {};
    return readSettings(Object.keys(managed).length ? managed : own);
  }

  async active(): Promise<Active> {
    this.#active ??= this.settings().then(({ settings }) => active(settings));
    return this.#active;
  }

  async means(): Promise<Means> {
    this.#means ??= (async () => {
      const { settings } = await this.settings();
      return { guard: (await this.active()).guard, settings, trainings: await this.lessons(), language: languageIn(settings) };
    })();
    return this.#means;
  }

  /** Settings or policy are others now. */
  renew(): void {
    this.#reading = this.#active = this.#means = undefined;
    this.#conversations.clear();
  }

  /** Lessons that were read. */
  async lessons(): Promise<readonly string[]> {
    return ((await web.storage.local.get(LESSONS))[LESSONS] as string[] | undefined) ?? [];
  }

  async learnt(unit: string): Promise<void> {
    await web.storage.local.set({ [LESSONS]: [...new Set([...(await this.lessons()), unit])] });
    this.#means = undefined;
    this.#conversations.clear();
  }

  /** The conversation that a content script speaks for: its tab, and the site in the address bar. */
  async conversation(sender: Sender): Promise<Conversation> {
    const tab = sender.tab?.id ?? -1;
    const { settings } = await this.settings();
    // A frame of another host inside of an AI page belongs to that page.
    const [own, page] = [hostOf(sender), hostOf({ url: sender.tab?.url ?? "" })];
    const host = !isService(own, settings.services) && isService(page, settings.services) ? page : own;
    const key = `${tab} ${host}`;
    let found = this.#conversations.get(key);
    if (!found) {
      found = this.means().then((means) => Conversation.open(tab, host, means));
      if (this.#conversations.size >= MOST_CONVERSATIONS) this.#conversations.clear();
      this.#conversations.set(key, found);
    }
    return found;
  }
}

export const languageIn = ({ language = "auto" }: Settings): Language => (language === "auto" ? languageOf(web.i18n.getUILanguage()) : language);

/** The host of a frame; a frame without an address of its own has its origin's. */
export function hostOf({ url = "", origin = "", tab }: Sender): string {
  for (const address of [url, origin, tab?.url ?? ""]) {
    try {
      const { hostname, protocol } = new URL(address);
      if (hostname && protocol.startsWith("http")) return hostname;
    } catch {
      // The next one.
    }
  }
  return "unknown.invalid";
}
