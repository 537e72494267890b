/** A command without its options: `['az', 'aks', 'show']`. */
export function commandWords(command: readonly string[]): string[] {
  const end = command.findIndex(word => word.startsWith('-'));
  return command.slice(0, end < 0 ? command.length : end);
}

/** True if a command of az or kubectl changes nothing, judged by its verb. */
export function isReadOnly(command: readonly string[]): boolean {
  const [tool, ...rest] = command;
  if (tool === 'kubectl') return rest.some(word => /^(get|logs|version)$/.test(word));
  const [, ...words] = commandWords(command);
  if (words[0] === 'rest') return rest.includes('get');
  return words[0] === 'account' || /^(show|list|get|login|version|exists|wait)/.test(words.at(-1) ?? '');
}

export function isCreation(command: readonly string[]): boolean {
  const [tool, ...words] = commandWords(command);
  return tool === 'az' && words[0] !== 'group' && ['create', 'build'].includes(words.at(-1) ?? '');
}
