// The extension interface, as far as we use it: the same names in Chromium and Firefox, both with
// promises.

/** Who sent a message. */
export interface Sender {
  readonly id?: string;
  readonly frameId?: number;
  readonly url?: string;
  readonly origin?: string;
  readonly tab?: { readonly id?: number; readonly url?: string };
}

type Listener<A extends readonly unknown[], R = void> = { addListener(listener: (...args: A) => R): void };

/** A store of values by key. */
export interface Area {
  get(keys?: string | readonly string[] | null): Promise<Record<string, unknown>>;
  set(items: Readonly<Record<string, unknown>>): Promise<void>;
  remove(keys: string | readonly string[]): Promise<void>;
}

interface Registration {
  readonly id: string;
  readonly matches: readonly string[];
  readonly js: readonly string[];
  readonly runAt: "document_start";
  readonly allFrames: boolean;
  readonly matchOriginAsFallback: boolean;
  readonly world: "MAIN" | "ISOLATED";
  readonly persistAcrossSessions: boolean;
}

interface Extension {
  readonly runtime: {
    readonly id: string;
    sendMessage(message: unknown): Promise<unknown>;
    getURL(path: string): string;
    getManifest(): { readonly version: string; readonly host_permissions?: readonly string[]; readonly content_scripts?: readonly { readonly matches: readonly string[] }[] };
    openOptionsPage(): Promise<void>;
    readonly onMessage: Listener<[message: unknown, sender: Sender, answer: (answer: unknown) => void], boolean | undefined>;
    readonly onInstalled: Listener<[{ readonly reason: string }]>;
    readonly onStartup: Listener<[]>;
  };
  readonly storage: {
    readonly local: Area;
    readonly session: Area;
    readonly managed: Area;
    readonly onChanged: Listener<[changes: Record<string, unknown>, area: string]>;
  };
  readonly action: {
    setBadgeText(details: { text: string; tabId?: number }): Promise<void>;
    setBadgeBackgroundColor(details: { color: string }): Promise<void>;
    setTitle(details: { title: string; tabId?: number }): Promise<void>;
    readonly onClicked: Listener<[]>;
  };
  readonly alarms: {
    create(name: string, info: { periodInMinutes: number; delayInMinutes?: number }): void;
    readonly onAlarm: Listener<[{ readonly name: string }]>;
  };
  readonly tabs: {
    readonly onRemoved: Listener<[tab: number]>;
    sendMessage(tab: number, message: unknown, to: { frameId: number }): Promise<unknown>;
  };
  readonly scripting: {
    getRegisteredContentScripts(filter?: { ids: readonly string[] }): Promise<readonly { readonly id: string }[]>;
    registerContentScripts(scripts: readonly Registration[]): Promise<void>;
    unregisterContentScripts(filter: { ids: readonly string[] }): Promise<void>;
    executeScript(injection: { target: { tabId: number; allFrames?: boolean; frameIds?: readonly number[] }; files: readonly string[]; world?: "MAIN" | "ISOLATED"; injectImmediately?: boolean }): Promise<unknown>;
  };
  readonly declarativeNetRequest?: {
    updateSessionRules(change: { removeRuleIds: readonly number[]; addRules?: readonly object[] }): Promise<void>;
    updateDynamicRules(change: { removeRuleIds: readonly number[]; addRules?: readonly object[] }): Promise<void>;
  };
  readonly permissions: {
    contains(permissions: { origins: readonly string[] }): Promise<boolean>;
    request(permissions: { origins: readonly string[] }): Promise<boolean>;
  };
  readonly i18n: { getUILanguage(): string };
  readonly dom?: { openOrClosedShadowRoot(element: HTMLElement): ShadowRoot | null };
}

declare const chrome: Extension;
declare const browser: Extension | undefined;

/** The extension interface of this browser. */
export const web: Extension = typeof browser === "undefined" ? chrome : browser;
