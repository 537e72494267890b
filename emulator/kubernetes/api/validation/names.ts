import { type Cause, cause } from '../status.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

// Texts of k8s.io/apimachinery/pkg/util/validation, with two blanks in the second example.
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  `alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
  `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end " +
  "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedNameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  `'${qualifiedName}')`;

export function isLabel(value: string, at: string): Cause[] {
  return [
    ...(value.length > 63 ? [cause.invalid(at, value, 'must be no more than 63 characters')] : []),
    ...(matches(label, value) ? [] : [cause.invalid(at, value, labelRule)]),
  ];
}

export function isSubdomain(value: string, at: string): Cause[] {
  return [
    ...(value.length > 253 ? [cause.invalid(at, value, 'must be no more than 253 characters')] : []),
    ...(matches(subdomain, value) ? [] : [cause.invalid(at, value, subdomainRule)]),
  ];
}

export function isLabelValue(value: string, at: string): Cause[] {
  return [
    ...(value.length > 63 ? [cause.invalid(at, value, 'must be no more than 63 characters')] : []),
    ...(value === '' || matches(qualifiedName, value) ? [] : [cause.invalid(at, value, labelValueRule)]),
  ];
}

export function isQualifiedName(value: string, at: string): Cause[] {
  const parts = value.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2)
    return [cause.invalid(at, value, `a qualified name must consist of alphanumeric characters`)];
  return [
    ...(parts.length === 2 && !matches(subdomain, parts[0]!)
      ? [cause.invalid(at, value, `prefix part ${subdomainRule}`)]
      : []),
    ...(name.length > 63 ? [cause.invalid(at, value, 'name part must be no more than 63 characters')] : []),
    ...(matches(qualifiedName, name) ? [] : [cause.invalid(at, value, qualifiedNameRule)]),
  ];
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
