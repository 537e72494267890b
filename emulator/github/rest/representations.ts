import { type Account, fullNameOf, type Repository } from '../repository.ts';
import { api } from './request.ts';

/** An opaque ID of GraphQL. */
export function nodeId(kind: string, id: number): string {
  return Buffer.from(`0${kind.length}:${kind}${id}`).toString('base64');
}

export function repositoryUrl(repository: Repository): string {
  return `${api}/repos/${fullNameOf(repository)}`;
}

export function htmlUrl(repository: Repository): string {
  return `https://github.com/${fullNameOf(repository)}`;
}

export function accountBody({ login, id, type }: Account): object {
  const url = `${api}/users/${encodeURIComponent(login)}`;
  const page = type === 'Bot' ? `apps/${login.replace(/\[bot\]$/, '')}` : login;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `https://github.com/${page}`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}
