import { describe, expect, it } from 'vitest';
import { type Node, parseFields, shown, unknownField } from './meta-fields.ts';

const account: Node = { type: 'IGUser', fields: { id: '2', username: 'nightstream' } };
const page: Node = { type: 'Page', fields: { id: '1', name: 'Night Stream', account, empty: undefined } };

const read = (text: string) => {
  const asked = parseFields(text);
  return asked && (unknownField(page, asked) ?? shown(page, asked));
};

describe('the fields of a node', () => {
  it.each<[string, unknown]>([
    ['', { id: '1' }],
    ['name', { id: '1', name: 'Night Stream' }],
    ['name,empty', { id: '1', name: 'Night Stream' }],
    ['account', { id: '1', account: { id: '2' } }],
    ['account{username},name', { id: '1', account: { id: '2', username: 'nightstream' }, name: 'Night Stream' }],
  ])('"%s" are shown with the id of each', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ['tasks', 'tasks', 'Page'],
    ['name,account{id,tasks}', 'tasks', 'IGUser'],
  ])('"%s" are not known', (text, name, type) => {
    expect(read(text)).toEqual({ name, type });
  });

  it.each(['name{', 'name}', '{id}', 'na me', 'account{id}}'])('"%s" are malformed', (text) => {
    expect(parseFields(text)).toBeNull();
  });
});
