// `@riegel/guard/seal`: a vault at rest. AES-GCM with a fresh nonce, bound to a name, so that what was sealed under one
// conversation cannot be opened under another.
//
//   "RGV1" | salt (16) | nonce (12) | ciphertext and tag

import { RiegelError } from "@riegel/guard";
import type { Held, Vault } from "@riegel/guard/vault";

/** A key for AES-GCM, 16 or 32 bytes of one, or a passphrase from which one is derived. */
export type Key = CryptoKey | BufferSource | string;

const MAGIC = "RGV1";
const SALT = 16;
const NONCE = 12;
/** OWASP's recommendation for PBKDF2 with SHA-256 (2023). */
const ITERATIONS = 600_000;

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

async function keyOf(key: Key, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const { subtle } = crypto;
  if (typeof key === "string") {
    const material = await subtle.importKey("raw", encode(key), "PBKDF2", false, ["deriveKey"]);
    return subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS }, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }
  return key instanceof CryptoKey ? key : subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
}

const parameters = (iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams => ({ name: "AES-GCM", iv, additionalData: encode(MAGIC + name) });

/** Encrypts a vault, to be kept anywhere. */
export async function seal(vault: Vault, key: Key): Promise<Uint8Array<ArrayBuffer>> {
  const head = crypto.getRandomValues(new Uint8Array(SALT + NONCE));
  const name = parameters(head.subarray(SALT), vault.conversation);
  const sealed = await crypto.subtle.encrypt(name, await keyOf(key, head.subarray(0, SALT)), encode(JSON.stringify(vault.held())));
  return new Uint8Array(await new Blob([MAGIC, head, sealed]).arrayBuffer());
}

/**
 * What a sealed vault held: `new Vault(conversation, await unseal(sealed, key, conversation))`.
 * Rejects with `E7001` under another key or another conversation.
 */
export async function unseal(sealed: Uint8Array<ArrayBuffer>, key: Key, conversation: string): Promise<Held> {
  try {
    const [salt, nonce, rest] = [sealed.slice(4, 4 + SALT), sealed.slice(4 + SALT, 4 + SALT + NONCE), sealed.slice(4 + SALT + NONCE)];
    const plain = await crypto.subtle.decrypt(parameters(nonce, conversation), await keyOf(key, salt), rest);
    return JSON.parse(new TextDecoder().decode(plain)) as Held;
  } catch {
    throw new RiegelError("E7001", conversation);
  }
}
