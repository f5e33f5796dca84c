import { graphError, requestBug } from './meta-answers.ts';
import type { Answer, Call } from './platform.ts';

/** What `fields` asks for: names, each with what is asked of the object behind it. */
export type Fields = Map<string, Fields>;

/** An object of a graph. An undefined field is known and has nothing to show; what is not there is not known. */
export interface Node {
  type: string;
  fields: Readonly<Record<string, unknown>>;
}

/** `id,page{id,name}`. Null where the text is none. */
export function parseFields(text: string): Fields | null {
  const stack: Fields[] = [new Map()];
  let last: Fields | null = null;
  for (const [part] of text.matchAll(/[\w.]+|./g)) {
    const top = stack.at(-1);
    if (!top) {
      return null;
    }
    if (/^\w/.test(part)) {
      last = new Map();
      top.set(part, last);
    } else if (part === '{' && last) {
      stack.push(last);
      last = null;
    } else if (part === '}' && stack.length > 1) {
      stack.pop();
      last = null;
    } else if (part !== ',') {
      return null;
    }
  }
  return stack.length === 1 ? (stack[0] ?? null) : null;
}

/** The first field that an object of this kind does not have: its name and the kind. */
export function unknownField({ type, fields }: Node, asked: Fields): { name: string; type: string } | null {
  for (const [name, inside] of asked) {
    if (!Object.hasOwn(fields, name)) {
      return { name, type };
    }
    const value = fields[name];
    const deeper = isNode(value) ? unknownField(value, inside) : null;
    if (deeper) {
      return deeper;
    }
  }
  return null;
}

/** The object as it is sent: the id, and what was asked for and is there. */
export function shown({ fields }: Node, asked: Fields): Record<string, unknown> {
  const pairs = [...asked].map(([name, inside]) => {
    const value = fields[name];
    return [name, isNode(value) ? shown(value, inside) : value];
  });
  const values = Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  return { ...values, id: fields.id };
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'fields' in value;

/** What `fields` asks, or what is usual where it is absent. Complains of what is not known. */
export function fieldsOf(call: Call, node: Node, usual: string): Fields | Answer {
  const asked = parseFields(call.request.query.get('fields') ?? usual);
  if (!asked) {
    call.complain('fields is malformed');
    return graphError(requestBug('Syntax error in fields'));
  }
  const unknown = unknownField(node, asked);
  if (unknown) {
    call.complain(`field ${unknown.name} is not known on ${unknown.type}`);
    return graphError(requestBug(`Tried accessing nonexisting field (${unknown.name}) on node type (${unknown.type})`));
  }
  return asked;
}

/** The object, as far as it was asked for. */
export function nodeAnswer(call: Call, node: Node, usual: string): Answer {
  const asked = fieldsOf(call, node, usual);
  return asked instanceof Map ? { status: 200, body: shown(node, asked) } : asked;
}
