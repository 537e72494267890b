import { harmless } from '../log.ts';
import type { TrustChain } from './trust-chain.ts';

/**
 * The chains as a Mermaid flowchart in a fenced block, as GitHub draws it in a job summary. What could not be seen is
 * drawn as unknown. Names come from others: no text of theirs is taken for Markdown, HTML or Mermaid.
 * @returns '' where there is no chain; of more than twenty, the first twenty: Mermaid refuses a text of 50,000 characters.
 */
export function trustChainMermaid(chains: readonly TrustChain[]): string {
  if (chains.length === 0) return '';
  return [
    '```mermaid',
    'flowchart LR',
    ...chains.slice(0, MOST).flatMap((chain, index) => picture(chain, `c${index}`)),
    ...(chains.length > MOST ? [`  more["and ${chains.length - MOST} more"]`] : []),
    '  classDef unknown stroke-dasharray: 4 4',
    '```',
  ].join('\n');
}

const MOST = 20;
const UNKNOWN = 'unknown';

/** One chain, from left to right: what is a thing is a node, what ties two of them is an edge. */
function picture(chain: TrustChain, id: string): string[] {
  const { identity, access, secret } = chain;
  const nodes = [
    node(`${id}token`, chain.issuer !== null, [
      ['Service account', chain.workload],
      ['issuer', chain.issuer],
      ['subject', chain.subject],
      ['audience', chain.audience],
    ]),
    node(`${id}credential`, chain.credential !== null, [['Federated credential', chain.credential]]),
    node(`${id}identity`, Boolean(identity?.name), [
      ['Managed identity', identity?.name ?? null],
      ['client id', identity?.clientId ?? null],
    ]),
    node(`${id}vault`, chain.vault !== null, [['Key vault', chain.vault]]),
    node(`${id}secret`, Boolean(secret?.version), [
      ['Secret', secret?.name ?? null],
      ['version', secret?.version ?? null],
    ]),
  ];
  const granted = access
    ? `${text(access.kind)}: ${text(access.name)}<br/>on ${text(shortScope(access.scope))}`
    : `access: ${UNKNOWN}`;
  return [
    ...nodes,
    `  ${id}token -->|"matches"| ${id}credential`,
    `  ${id}credential -->|"of"| ${id}identity`,
    `  ${id}identity ${access ? '-->' : '-.->'}|"${granted}"| ${id}vault`,
    `  ${id}vault -->|"holds"| ${id}secret`,
  ];
}

/** @param seen whether the thing itself was seen, whatever else is known of it. */
function node(id: string, seen: boolean, rows: readonly (readonly [string, string | null])[]): string {
  const label = rows.map(([name, value]) => `${name}: ${value === null ? UNKNOWN : text(value)}`);
  return `  ${id}["${label.join('<br/>')}"]${seen ? '' : `:::${UNKNOWN}`}`;
}

/** A scope from its provider on, which is what the reader looks for; a wider one as it is. */
function shortScope(scope: string): string {
  return /\/providers\/[^/]+\/(.+)$/i.exec(scope)?.[1] ?? scope;
}

const LONGEST = 200;

/**
 * Text for a quoted Mermaid label: every character that is no letter, digit or one of a few harmless signs is written as
 * Mermaid's entity code (https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters).
 */
function text(value: string): string {
  const plain = harmless(value).replaceAll('\n', ' ');
  const shown = plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
  return shown.replace(/[^\p{L}\p{N} ./:_,()@…-]/gu, character => `#${character.codePointAt(0)};`);
}
