/** The fields of a CRD's schema as rows of a table, in the order in which the schema has them. */

export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

/** Of `schema`, called `name` in `parent`, and of everything below it: path, values, meaning. */
export function fieldRows(name: string, schema: Schema, parent: Schema): string[][] {
  return fieldsOf(name, schema, parent).map(([path, field, isRequired]) => [
    `\`${path}\`${isRequired ? ' (required)' : ''}`,
    valuesOf(field),
    field.description ?? '',
  ]);
}

function fieldsOf(path: string, schema: Schema, parent: Schema): [string, Schema, boolean][] {
  const isRequired = parent.required?.includes(path.split('.').at(-1)?.replace('[]', '') ?? '') ?? false;
  const own: [string, Schema, boolean] = [path, schema, isRequired];
  const inner = schema.items ?? schema.additionalProperties;
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
    fieldsOf(`${path}.${name}`, one, schema),
  );
  const [mark, element] = schema.items === undefined ? ['.<name>', inner] : ['[]', inner];
  const inside = Object.entries(element?.properties ?? {}).flatMap(([name, one]) =>
    fieldsOf(`${path}${mark}.${name}`, one, element ?? {}),
  );
  return [own, ...below, ...inside];
}

function valuesOf({
  type,
  format,
  items,
  enum: words,
  minimum,
  maximum,
  default: otherwise,
  additionalProperties,
}: Schema) {
  const one = items?.enum ?? words;
  const what =
    one !== undefined
      ? one.map((word) => `\`${String(word).replace(/^ $/, '" "')}\``).join(' ')
      : additionalProperties !== undefined
        ? 'names to values'
        : (format ?? (items === undefined ? type : `list of ${items.type}`) ?? '');
  const range = minimum === undefined || maximum === undefined ? '' : ` ${minimum} to ${maximum}`;
  const isShown = otherwise !== undefined && !(typeof otherwise === 'object' && !Array.isArray(otherwise));
  return `${what}${range}${isShown ? `; ${JSON.stringify(otherwise)} by default` : ''}`;
}
