/** An HTTP answer as it arrived, before anybody believes anything in it. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Our clock when the request's first byte was about to leave: lifetimes count from here (RFC 6749 section 5.1). */
  readonly startedAt: number;
  /** The body was longer than we read. */
  readonly isCut: boolean;
}

/** A raw answer with its body as JSON; `body` is undefined where it is not JSON. */
export interface Answer extends RawAnswer {
  readonly body: unknown;
}

/** Reads the body as JSON whatever the content type says: several platforms label JSON as text. */
export function parseAnswer(raw: RawAnswer): Answer {
  return { ...raw, body: raw.isCut ? undefined : parseJSON(raw.text) };
}

function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text, exactIntegers);
  } catch {
    return undefined;
  }
}

/** Account ids may be numbers beyond 2^53; rounding them would compare two accounts as one. */
function exactIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  return /^-?\d+$/.test(source) ? source : value;
}

const pathSyntax =
  /^(\$(status|text)|\$header\.[A-Za-z0-9-]+|[A-Za-z_][\w-]*(\[\d{1,3}\])?(\.[A-Za-z_][\w-]*(\[\d{1,3}\])?)*)$/;

/** Whether `path` is written as `SocialPlatform` paths are: `data.user.id`, `items[0].id`, `$status`, `$text`, `$header.name`. */
export function isPath(path: string): boolean {
  return pathSyntax.test(path);
}

/** What stands at `path`, undefined where nothing does. */
export function valueAt(answer: Answer, path: string): unknown {
  if (path === '$status') return answer.status;
  if (path === '$text') return answer.text;
  if (path.startsWith('$header.')) return answer.headers[path.slice('$header.'.length).toLowerCase()];
  let value = answer.body;
  for (const step of path.split(/[.[]/)) {
    const key = step.endsWith(']') ? step.slice(0, -1) : step;
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The first of `paths` that holds something; null counts as nothing. */
export function firstAt(answer: Answer, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = valueAt(answer, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The first of `paths` that holds a text that is not empty; numbers and booleans are read as text. */
export function textAt(answer: Answer, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textOf(valueAt(answer, path));
    if (text !== undefined && text !== '') return text;
  }
  return undefined;
}

/** Numbers and booleans as text; undefined for null, objects and lists. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
