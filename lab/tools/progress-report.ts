import type { Progress } from './python-packages.ts';

/** While nothing but numbers changes, a line of progress is shown this often, in milliseconds. */
const interval = 10_000;

/** Shows the progress of an installation, not every second of it. */
export function progressReport(): Progress {
  let shown = { text: '', at: 0 };
  return line => {
    const text = line.replaceAll(/\d+/g, '');
    if (text === shown.text && Date.now() - shown.at < interval) return;
    shown = { text, at: Date.now() };
    console.log(line);
  };
}
