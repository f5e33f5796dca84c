import { describe, expect, it } from 'vitest';
import { AccessError, mayConnect, maySee, namedGroups, type Person, readAccess } from '../../src/web/pages/access.ts';
import { access, channelCard } from './pages-stage.ts';

function somebody(groups: readonly string[], email?: string, isEmailVerified = true): Person {
  return { id: 's', name: 'n', email, isEmailVerified, groups };
}

describe('the access file', () => {
  it.each([
    ['nothing', '', ['the file: Invalid input: expected object, received null']],
    ['no YAML', 'rules: [', [expect.stringMatching(/^is no YAML: /)]],
    ['no rule', 'rules: []', ['rules: holds no rule, so nobody could see anything']],
    ['a rule for nobody', 'rules: [{namespaces: [a]}]', ['rules[0]: names no group under connect or see']],
    ['a rule for nothing', 'rules: [{namespaces: [], see: [g]}]', ['rules[0].namespaces: names no namespace']],
    [
      'everything that is wrong at once',
      'rules: [{namespaces: [A, "a*b"], see: [g]}, {namespaces: [a], sees: [g], connect: [1]}]\nmore: 1',
      [
        'rules[0].namespaces[0]: must be a namespace, a beginning of one with "*", or "*"',
        'rules[0].namespaces[1]: must be a namespace, a beginning of one with "*", or "*"',
        'rules[1].connect[0]: Invalid input: expected string, received number',
        'rules[1]: Unrecognized key: "sees"',
        'the file: Unrecognized key: "more"',
      ],
    ],
  ])('is refused with each problem and its place: %s', (_, text, problems) => {
    const read = () => readAccess(text);
    expect(read).toThrow(AccessError);
    try {
      read();
    } catch (error) {
      expect([...(error as AccessError).problems].sort()).toEqual([...problems].sort());
    }
  });

  it('names the groups that count', () => {
    expect([...namedGroups(access)].sort()).toEqual(['managers', 'side-crew', 'stage-crew']);
  });
});

describe('who may see', () => {
  it.each([
    ['a group that may connect', ['stage-crew'], 'main-stage', true],
    ['a group that may see', ['managers'], 'main-stage', true],
    ['a group of another namespace', ['side-crew'], 'main-stage', false],
    ['a beginning of the namespace', ['side-crew'], 'side-two', true],
    ['a namespace that only begins alike', ['side-crew'], 'sidestage', false],
    ['no group', [], 'main-stage', false],
    ['a namespace without rule', ['stage-crew'], 'elsewhere', false],
  ])('%s', (_, groups, namespace, expected) => {
    expect(maySee(access, somebody(groups), namespace)).toBe(expected);
  });

  it('admits all namespaces by a star alone', () => {
    const all = readAccess('rules: [{namespaces: ["*"], see: [g]}]');
    expect(maySee(all, somebody(['g']), 'anything')).toBe(true);
  });
});

describe('who may connect: the owner narrows, and never widens', () => {
  const dana = { name: 'Dana Reyes', email: 'dana@example.com' };
  it.each([
    ['the group, where no owner is named', undefined, somebody(['stage-crew']), 'Allowed'],
    ['the group, where the owner has no address', { name: 'Dana' }, somebody(['stage-crew']), 'Allowed'],
    ['the owner of the group', dana, somebody(['stage-crew'], 'dana@example.com'), 'Allowed'],
    ['the owner, however the address is written', dana, somebody(['stage-crew'], 'Dana@Example.com'), 'Allowed'],
    ['another of the group', dana, somebody(['stage-crew'], 'eve@example.com'), 'NotOwner'],
    ['one of the group without address', dana, somebody(['stage-crew']), 'NotOwner'],
    [
      'the owner with an address that nobody vouches for',
      dana,
      somebody(['stage-crew'], 'dana@example.com', false),
      'EmailUnverified',
    ],
    ['the owner outside of the group', dana, somebody([], 'dana@example.com'), 'NotInGroup'],
    ['the owner in a group that may only see', dana, somebody(['managers'], 'dana@example.com'), 'NotInGroup'],
  ])('%s', (_, owner, person, expected) => {
    const { channel } = channelCard(owner === undefined ? {} : { owner });
    expect(mayConnect(access, person, channel)).toBe(expected);
  });
});
