import { harmless } from '../log.ts';
import type { TrustChain } from './trust-chain.ts';

/**
 * The chains as a Mermaid flowchart for a job summary. Names are escaped for Markdown, HTML, and Mermaid.
 * @returns '' without chains; at most 20 chains, because Mermaid rejects more than 50,000 characters.
 */
export function trustChainMermaid(chains: readonly TrustChain[]): string {
  if (chains.length === 0) return '';
  return [
    '```mermaid',
    'flowchart LR',
    ...chains.slice(0, MAX_CHAINS).flatMap((chain, index) => diagramOf(chain, `c${index}`)),
    ...(chains.length > MAX_CHAINS ? [`  more["and ${chains.length - MAX_CHAINS} more"]`] : []),
    '  classDef unknown stroke-dasharray: 4 4',
    '```',
  ].join('\n');
}

const MAX_CHAINS = 20;
const UNKNOWN = 'unknown';

function diagramOf(chain: TrustChain, id: string): string[] {
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
      ['client ID', identity?.clientId ?? null],
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

/** @param seen false draws the node as unknown, even if some of its rows are known. */
function node(id: string, seen: boolean, rows: readonly (readonly [string, string | null])[]): string {
  const label = rows.map(([name, value]) => `${name}: ${value === null ? UNKNOWN : text(value)}`);
  return `  ${id}["${label.join('<br/>')}"]${seen ? '' : `:::${UNKNOWN}`}`;
}

/** A scope without its subscription and resource group. */
function shortScope(scope: string): string {
  return /\/providers\/[^/]+\/(.+)$/i.exec(scope)?.[1] ?? scope;
}

const MAX_LENGTH = 200;

/**
 * Text for a quoted Mermaid label, with entity codes for all but letters, digits, and a few harmless characters.
 * https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
 */
function text(value: string): string {
  const plain = harmless(value).replaceAll('\n', ' ');
  const shown = plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH)}…` : plain;
  return shown.replace(/[^\p{L}\p{N} ./:_,()@…-]/gu, character => `#${character.codePointAt(0)};`);
}
