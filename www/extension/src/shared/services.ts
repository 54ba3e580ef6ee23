// The catalogue of AI services, as the build packs it from policies/lib/services.json, and which
// service a host is. A host with `*.` in front means every host below it.

import type { Service } from "./settings.js";

/** Made by scripts/build.mjs: id, kind, hosts. */
declare const SERVICES: readonly (readonly [id: string, kind: string, hosts: readonly string[]])[];

const catalogue = (): Map<string, readonly [id: string, kind: string]> => new Map(SERVICES.flatMap(([id, kind, hosts]) => hosts.map((host) => [host, [id, kind]] as const)));
let known: ReturnType<typeof catalogue> | undefined;

/** A name and the patterns above it, the closest first. */
function patterns(host: string): string[] {
  const labels = host.split(".");
  return [host, ...labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join(".")}`)];
}

/** What a policy must know of a destination. Unknown means careful: what nobody stated is left out. */
export function factsOf(host: string, services: readonly Service[] = []): Readonly<Record<string, unknown>> {
  known ??= catalogue();
  const listed = patterns(host).map((pattern) => known?.get(pattern)).find(Boolean);
  const own = patterns(host).map((pattern) => services.find((service) => service.host === pattern)).find(Boolean);
  const { host: _, ...stated } = own ?? { host };
  return { host, ...(listed && { service: listed[0], kind: listed[1] }), ...stated };
}

/** Is a host one of AI, by the catalogue or by the company's word? */
export function isService(host: string, services: readonly Service[] = []): boolean {
  known ??= catalogue();
  return patterns(host).some((pattern) => known?.has(pattern) || services.some((service) => service.host === pattern));
}

/** Does the manifest stand for this host or pattern already? */
export function isListed(pattern: string): boolean {
  known ??= catalogue();
  return known.has(pattern);
}
