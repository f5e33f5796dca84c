import { group } from '../api/names.ts';
import { type Finding, good } from './doctor-findings.ts';
import { placeText, type Session } from './session.ts';

interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Commands that need it. */
  readonly for: string;
  /** False: only doctor itself looks further with it. */
  readonly isNeeded: boolean;
  readonly inOperatorNamespace?: true;
}

/** What the commands need, as RBAC names it; docs/cli.md lists the same. */
export const rights: readonly Right[] = [
  { verb: 'list', group, resource: 'socialchannels', for: 'status, forecast, doctor', isNeeded: true },
  { verb: 'get', group, resource: 'socialchannels', for: 'describe', isNeeded: true },
  {
    verb: 'patch',
    group,
    resource: 'socialchannels',
    for: 'refresh, connect, invite, import --attach',
    isNeeded: true,
  },
  { verb: 'list', group, resource: 'socialapps', for: 'doctor', isNeeded: true },
  { verb: 'create', group: '', resource: 'secrets', for: 'import', isNeeded: false },
  { verb: 'get', group: '', resource: 'secrets', for: 'invite, import --replace', isNeeded: false },
  { verb: 'list', group: '', resource: 'pods', for: 'doctor (consumers)', isNeeded: false },
  { verb: 'list', group: '', resource: 'events', for: 'doctor (warnings)', isNeeded: false },
  {
    verb: 'list',
    group: 'coordination.k8s.io',
    resource: 'leases',
    for: 'doctor (replicas)',
    isNeeded: false,
    inOperatorNamespace: true,
  },
  {
    verb: 'get',
    group: '',
    resource: 'pods',
    subresource: 'proxy',
    for: 'doctor (readiness)',
    isNeeded: false,
    inOperatorNamespace: true,
  },
];

/** Asks the API server what the person may do (SelfSubjectAccessReview). */
export async function rightsFindings(session: Session, operatorNamespace: string): Promise<Finding[]> {
  const answers = await Promise.all(rights.map((right) => mayI(session, right, operatorNamespace)));
  const denied = rights.filter((_, index) => answers[index] === false);
  const findings = denied.map((right): Finding => {
    const resource = right.group === '' ? right.resource : `${right.resource}.${right.group}`;
    const what = right.subresource === undefined ? resource : `${resource}/${right.subresource}`;
    const where = right.inOperatorNamespace ? `namespace ${operatorNamespace}` : placeText(session);
    const text = `you may not ${right.verb} ${what} in ${where}: needed for ${right.for}`;
    return right.isNeeded ? { level: 'warn', text } : { level: 'unknown', text };
  });
  return findings.length > 0 ? findings : [good(`you may do all that the commands need in ${placeText(session)}`)];
}

async function mayI(session: Session, right: Right, operatorNamespace: string): Promise<boolean> {
  const namespace = right.inOperatorNamespace ? operatorNamespace : session.isEverywhere ? '' : session.namespace;
  const { verb, group: apiGroup, resource, subresource } = right;
  const resourceAttributes = {
    namespace,
    verb,
    group: apiGroup,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
  };
  const review = await session.api.call<{ status?: { allowed?: boolean } }>({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } },
    doing: `ask whether you may ${verb} ${resource}`,
  });
  return review.status?.allowed === true;
}
