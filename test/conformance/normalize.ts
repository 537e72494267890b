import { decodeJwt, decodeProtectedHeader } from 'jose';

/** The order matters. */
const replacements: readonly [pattern: RegExp, by: string | ((...found: string[]) => string)][] = [
  [/\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g, claims],
  [/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g, 'CERTIFICATE'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UUID'],
  [/\b[0-9a-f]{64}\b/g, 'HASH'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?\b/g, 'TIME'],
  [/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/(resourceVersion\\*"?: ?\\*"?)\d+/g, '$1VERSION'],
  // `kubectl diff`
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, 'TIME'],
  [/aks-nodepool1-\d+-vmss000000/g, 'NODE'],
  [/\b10\.244\.\d+\.\d+\b/g, 'POD_IP'],
  [/kube-api-access-\w{5}\b/g, 'kube-api-access-SUFFIX'],
  [/\bweb-[0-9a-z]{8,10}-[0-9a-z]{5}\b/g, 'web-HASH-SUFFIX'],
  [/\bweb-[0-9a-z]{8,10}\b/g, 'web-HASH'],
  [/(pod-template-hash"?[:=] ?"?)[0-9a-z]{8,10}\b/g, '$1HASH'],
  [/\b(good|bad)-[0-9a-z]{5}\b/g, '$1-SUFFIX'],
  // Ages and durations.
  [/(?<=\s|\()(\d+[smh]){1,2}\d*s?(?=\s|\)|$)/gm, 'AGE'],
  [/"(\d+[smh]){1,2}"/g, '"AGE"'],
];

/** Without signature and times. */
function claims(token: string): string {
  const { exp = 0, iat = 0, ...rest } = decodeJwt(token);
  const { kid: _, ...header } = decodeProtectedHeader(token);
  return JSON.stringify(sorted({ ...header, ...rest, nbf: (rest.nbf ?? 0) - iat, life: exp - iat }));
}

/** Replaces what differs between runs, and column widths. */
export function normalize(text: string): string {
  let result = text;
  for (const [pattern, by] of replacements) {
    result = typeof by === 'string' ? result.replace(pattern, by) : result.replace(pattern, by);
  }
  return result
    .split('\n')
    .map(line => line.trimEnd().replace(/(?<=\S) {2,}/g, '  '))
    .filter(line => line !== '')
    .join('\n');
}

/** Sorts keys and removes `managedFields`. Returns other text unchanged. */
export function formatJson(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)), null, 1);
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'managedFields')
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
