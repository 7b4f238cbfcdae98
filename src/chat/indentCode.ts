/**
 * Fits code to the place where it is inserted.
 */

/** The code with its own common indentation replaced by the given one, on every line but the first. */
export function indented(code: string, indentation: string): string {
  const lines = code.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
  const filled = lines.filter((line) => line.trim() !== '');
  const common = filled.reduce<string | undefined>((shared, line) => {
    const own = /^[ \t]*/.exec(line)?.[0] ?? '';
    return shared === undefined ? own : sharedStart(shared, own);
  }, undefined);
  const depth = common?.length ?? 0;
  return lines
    .map((line, index) => {
      const bare = line.trim() === '' ? '' : line.slice(depth);
      return index === 0 || bare === '' ? bare : indentation + bare;
    })
    .join('\n');
}

function sharedStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}
