import type { TrustChain } from './diagnosis/trust-chain.ts';

/** It contains no secret. */
export interface Facts {
  /** Resource ID. */
  cluster?: string;
  issuer?: string;
  identity?: { name: string; id: string; clientId: string; principalId: string; tenantId: string };
  credentials?: readonly { name: string; issuer: string; subject: string; audiences: readonly string[] }[];
  vault?: { id: string; uri: string; model: string };
  secret?: { name: string; version: string };
  /** Who is allowed to read the secret: by a role, or by an access policy. */
  reader?:
    | { principalId: string; role: string; scope: string }
    | { principalId: string; permissions: readonly string[] };
  /** REGISTRY/REPOSITORY@DIGEST */
  image?: string;
  trustChain?: readonly TrustChain[];
}
