// A link that holds everything, behind the `#`: browsers never send that part to a server.

export interface Shared {
  readonly policy: string;
  readonly event: string;
  readonly content: string;
}

const through = (bytes: BlobPart, stream: GenericTransformStream): Promise<ArrayBuffer> => new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer();

/** Longest text behind a link: far more than anybody shares, far less than what fills a memory. */
const LONGEST = 4 << 20;

/** The fragment, without `#`. */
export async function fragment(shared: Shared): Promise<string> {
  const packed = new Uint8Array(await through(JSON.stringify(shared), new CompressionStream("deflate-raw")));
  let text = "";
  for (const byte of packed) text += String.fromCharCode(byte);
  return `v1.${btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** Reads a fragment; `undefined` where it is none of ours. */
export async function read(fragment: string): Promise<Shared | undefined> {
  const [, base] = /^#?v1\.([\w-]+)$/.exec(fragment) ?? [];
  if (!base) return undefined;
  try {
    const packed = Uint8Array.from(atob(base.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    for (let next; !(next = await reader.read()).done; pieces.push(next.value)) {
      if ((length += next.value.length) > LONGEST) return undefined;
    }
    const shared = JSON.parse(await new Blob(pieces).text()) as Partial<Shared>;
    const { policy, event, content } = shared;
    return typeof policy === "string" && typeof event === "string" && typeof content === "string" ? { policy, event, content } : undefined;
  } catch {
    return undefined;
  }
}
