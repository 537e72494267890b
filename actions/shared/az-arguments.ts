/**
 * knack reads the file before any command sees the argument, and has no escape:
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
