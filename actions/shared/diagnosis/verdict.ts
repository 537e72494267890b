import { ActionFailed } from '../failures.ts';

/** The links of the chain, in its order; docs/troubleshooting.md has a section for each. */
export type Link =
  | 'service-account-missing'
  | 'service-account-not-annotated'
  | 'pod-not-created'
  | 'pod-gone'
  | 'pod-not-labelled'
  | 'webhook-missing'
  | 'pod-not-mutated'
  | 'pod-of-another-identity'
  | 'pod-not-scheduled'
  | 'image-not-found'
  | 'image-pull-denied'
  | 'image-pull-failed'
  | 'container-not-started'
  | 'client-not-configured'
  | 'identity-unknown'
  | 'tenant-mismatch'
  | 'federated-credential-missing'
  | 'federated-issuer'
  | 'federated-subject'
  | 'federated-audience'
  | 'federated-credential-not-seen'
  | 'issuer-unreachable'
  | 'token-expired'
  | 'entra-unreachable'
  | 'entra-refused'
  | 'vault-unknown'
  | 'vault-network'
  | 'vault-tenant'
  | 'secret-not-found'
  | 'secret-disabled'
  | 'secret-not-yet-valid'
  | 'secret-expired'
  | 'vault-role'
  | 'vault-access-policy'
  | 'container-crashed'
  | 'other-value'
  | 'no-answer';

/** Which link of the chain is broken. */
export interface Verdict {
  link: Link;
  /** What was seen, as sentences. */
  seen: string;
  /** What differs, over several lines in which columns count. */
  comparison?: string;
  /** What to do. */
  remedy: string;
  /** True when waiting does not mend it: it was seen that something is not there, or is another. */
  final: boolean;
}

/** The verdict in the log and the summary: the link, what was seen, what differs. */
export function formatVerdict({ link, seen, comparison }: Verdict): string {
  return [`${link}: ${seen.trim()}`, ...(comparison ? [comparison] : [])].join('\n');
}

/**
 * The verdict as the error that a step ends with.
 * @param unseen what could not be looked at; see Facts.
 * @param documentation address of the page that explains each link.
 */
export function verdictError(
  verdict: Verdict,
  unseen: readonly string[],
  documentation: string,
  outputs: Readonly<Record<string, string>> = {},
): ActionFailed {
  const what = [formatVerdict(verdict), ...formatUnseen(unseen)].join('\n');
  return new ActionFailed(what, verdict.remedy, `${documentation}#${verdict.link}`, outputs);
}

/** Says what could not be looked at; no line where everything could. */
export function formatUnseen(unseen: readonly string[]): string[] {
  return unseen.length > 0 ? [`Could not be looked at: ${unseen.join('; ')}.`] : [];
}

/** A long message by its two ends: what was tried, and what was met. */
export function shorten(text: string): string {
  return text.length > 500 ? `${text.slice(0, 200)} … ${text.slice(-300)}` : text;
}
