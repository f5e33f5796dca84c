/** A rule of a Role or ClusterRole. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  /** That of its Role; absent for those of a ClusterRole. */
  readonly namespace?: string;
}

/** One request, as the API server's audit log has it. */
export interface Audited {
  readonly verb: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly user: {
    readonly username: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
}

/** As rules name it: `socialchannels/status`. */
function resourceOf({ objectRef }: Audited): string {
  const { resource = '', subresource } = objectRef ?? {};
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

function admits({ apiGroups, resources, verbs, resourceNames, namespace }: Rule, one: Audited): boolean {
  const { apiGroup = '', name = '', namespace: asked } = one.objectRef ?? {};
  if (namespace !== undefined && namespace !== asked) return false;
  if (resourceNames !== undefined && !resourceNames.includes(name)) return false;
  return apiGroups.includes(apiGroup) && resources.includes(resourceOf(one)) && verbs.includes(one.verb);
}

/** `patch socialchannels/status`, each once, in order. */
export function requestNames(requests: readonly Audited[]): string[] {
  return [...new Set(requests.map((one) => `${one.verb} ${resourceOf(one)}`))].sort();
}

/** Each verb of each resource of a rule that no request has asked for: `delete leases.coordination.k8s.io in <namespace>`. */
export function unusedBy(requests: readonly Audited[], rules: readonly Rule[]): string[] {
  const unused = rules.flatMap(oneByOne).filter((rule) => !requests.some((one) => admits(rule, one)));
  return unused.map(({ apiGroups: [group = ''], resources, verbs, namespace }) => {
    const name = group === '' ? resources.join() : `${resources.join()}.${group}`;
    return `${verbs.join()} ${name}${namespace === undefined ? '' : ` in ${namespace}`}`;
  });
}

/** A rule for each of its groups, resources and verbs. */
function oneByOne(rule: Rule): Rule[] {
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.map((verb) => ({ ...rule, apiGroups: [group], resources: [resource], verbs: [verb] })),
    ),
  );
}

/** What was asked though no rule has it; requests for no resource, such as /version, are left out. */
export function outsideOf(requests: readonly Audited[], rules: readonly Rule[]): string[] {
  return requestNames(
    requests.filter((one) => one.objectRef !== undefined && !rules.some((rule) => admits(rule, one))),
  );
}
