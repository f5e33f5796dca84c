/** JSON that is sent as it stands, for what `JSON.stringify` cannot write. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A body in which these members, digits in a string here, stand as numbers: ids beyond 2^53 without quotes, as some
 * platforms send them.
 */
export function withBareNumbers(body: object, names: readonly string[]): JsonText {
  let text = JSON.stringify(body);
  for (const name of names) {
    const bare = text.replaceAll(new RegExp(`"${name}":"(\\d+)"`, 'g'), `"${name}":$1`);
    if (bare === text) {
      throw new Error(`no member "${name}" of digits in the body`);
    }
    text = bare;
  }
  return new JsonText(text);
}
