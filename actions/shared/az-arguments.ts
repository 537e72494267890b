/**
 * Whether az replaces this argument, or its part after the first `=`, with the content of a file.
 * knack does that before any command sees the argument, for every argument and without an escape:
 * https://github.com/microsoft/knack/blob/dev/knack/invocation.py
 */
export function readsFile(argument: string): boolean {
  const value = argument.slice(argument.indexOf('=') + 1);
  return value.startsWith('@') && value.length > 1;
}

/**
 * Whether commands that az generates from Azure's specifications read this value as their shorthand notation: `null` is
 * no value, `??` prints help, and quotes, brackets and braces begin a literal.
 * https://github.com/Azure/azure-cli/blob/dev/doc/shorthand_syntax.md
 */
export function isShorthand(value: string): boolean {
  return /^(?:null|\?\?)$|^['"[{]/.test(value);
}
