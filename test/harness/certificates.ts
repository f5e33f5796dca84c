import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  boolean,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';

const dayMs = 86_400_000;
const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads a client certificate's organisations as groups. */
  readonly organisation?: string;
}

export interface Issue {
  readonly subject: Subject;
  /** Names and addresses of a server; without any it is a client's certificate. */
  readonly hosts?: readonly string[];
  readonly notBeforeAt?: number;
  readonly notAfterAt?: number;
}

/** What a server on this machine answers to, the names that the API server has inside a cluster included. */
export const loopbackHosts = [
  'localhost',
  '127.0.0.1',
  '::1',
  '10.0.0.1',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
] as const;

/** A throw-away certificate authority (P-256). It is plain data, so it can be handed to another process. */
export interface Authority extends KeyPair {
  readonly subject: Subject;
}

export function createAuthority(commonName: string): Authority {
  const subject = { commonName };
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension('2.5.29.19', true, sequence(boolean(true))),
    extension('2.5.29.15', true, bitString(Buffer.from([0b0000_0110]), 1)),
  ];
  const certificate = sign({
    issuer: subject,
    signingKey: pair.privateKey,
    subject,
    publicKey: pair.publicKey,
    extensions,
  });
  return { subject, certificate, key: pem(pair.privateKey) };
}

/** A server's certificate for `hosts`, or a client's without them. Valid for a day, so nothing outlives the tests. */
export function issue(authority: Authority, { subject, hosts = [], notBeforeAt, notAfterAt }: Issue): KeyPair {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const purpose = hosts.length > 0 ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2';
  const extensions = [
    extension('2.5.29.15', true, bitString(Buffer.from([0b1000_0000]), 7)),
    extension('2.5.29.37', false, sequence(objectIdentifier(purpose))),
  ];
  if (hosts.length > 0) extensions.push(extension('2.5.29.17', false, sequence(...hosts.map(generalName))));
  const certificate = sign({
    issuer: authority.subject,
    signingKey: createPrivateKey(authority.key),
    subject,
    publicKey: pair.publicKey,
    extensions,
    ...(notBeforeAt === undefined ? {} : { notBeforeAt }),
    ...(notAfterAt === undefined ? {} : { notAfterAt }),
  });
  return { certificate, key: pem(pair.privateKey) };
}

export function issueServer(authority: Authority, commonName: string, moreHosts: readonly string[] = []): KeyPair {
  return issue(authority, { subject: { commonName }, hosts: [...new Set([...loopbackHosts, ...moreHosts])] });
}

/** As `issueServer`, but its day ended an hour ago. */
export function issueExpiredServer(authority: Authority, commonName: string): KeyPair {
  const notAfterAt = Date.now() - 3_600_000;
  return issue(authority, {
    subject: { commonName },
    hosts: loopbackHosts,
    notBeforeAt: notAfterAt - dayMs,
    notAfterAt,
  });
}

/** The pair that signs and verifies ServiceAccount tokens. */
export function createSigningKeys(): { readonly publicKey: string; readonly privateKey: string } {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

interface ToSign {
  readonly issuer: Subject;
  readonly signingKey: KeyObject;
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly extensions: Buffer[];
  readonly notBeforeAt?: number;
  readonly notAfterAt?: number;
}

/** RFC 5280 section 4.1. */
function sign({ issuer, signingKey, subject, publicKey, extensions, ...validity }: ToSign): string {
  const { notBeforeAt = Date.now() - 3_600_000, notAfterAt = Date.now() + dayMs } = validity;
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    sequence(time(notBeforeAt), time(notAfterAt)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...keyIdentifiers(publicKey, signingKey), ...extensions)),
  );
  const signature = createSign('sha256').update(toBeSigned).sign(signingKey);
  const der = sequence(toBeSigned, ecdsaWithSha256, bitString(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Subject and authority key identifier (RFC 5280, 4.2.1.1 and 4.2.1.2), which strict verifiers ask for. */
function keyIdentifiers(publicKey: KeyObject, signingKey: KeyObject): Buffer[] {
  const identifier = (key: KeyObject) =>
    createHash('sha1')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest();
  return [
    extension('2.5.29.14', false, octetString(identifier(publicKey))),
    extension('2.5.29.35', false, sequence(tagged(0x80, identifier(createPublicKey(signingKey))))),
  ];
}

function distinguishedName({ organisation, commonName }: Subject): Buffer {
  const attribute = (type: string, value: string) => set(sequence(objectIdentifier(type), utf8String(value)));
  const organisations = organisation === undefined ? [] : [attribute('2.5.4.10', organisation)];
  return sequence(...organisations, attribute('2.5.4.3', commonName));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

function generalName(host: string): Buffer {
  if (isIP(host) === 0) return tagged(0x82, Buffer.from(host));
  return tagged(0x87, addressBytes(host));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  if (address !== '::1') throw new Error(`No certificate of the tests needs the address ${address}.`);
  return Buffer.from([...new Array<number>(15).fill(0), 1]);
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
