import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import type { Notice } from '../core/notice.ts';
import { mailOf } from './mail-parts.ts';
import { type Sink, Undelivered } from './sink.ts';
import { codeOf } from './webhook.ts';

export interface MailOptions {
  readonly host: string;
  readonly port: number;
  /** `implicit`: TLS from the first byte (RFC 8314). `none` is for loopback. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly from: string;
  /** Gets a copy of each mail, and the mails of channels whose owner has no address. */
  readonly cc?: string | undefined;
  /** Domains that owners' addresses may be of; empty: any. */
  readonly domains: readonly string[];
  readonly userFile?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** PEM, believed besides the system's certificate authorities. */
  readonly ca?: string | undefined;
}

const TIMEOUT_MS = 15_000;

/** Each owner gets one mail of everything that waits for them. */
export class MailSink implements Sink {
  readonly name = 'Mail';
  readonly #options: MailOptions;

  constructor(options: MailOptions) {
    this.#options = options;
  }

  groupOf({ owner }: Notice): string | undefined {
    return this.#mayTell(owner?.email) ? owner?.email?.toLowerCase() : this.#options.cc?.toLowerCase();
  }

  async deliver(notices: readonly Notice[]): Promise<void> {
    const { from, cc } = this.#options;
    const [first] = notices;
    const email = first?.owner?.email;
    const to = this.#mayTell(email) ? email : cc;
    if (to === undefined) return;
    const { subject, text, html } = mailOf(notices);
    const transport = createTransport(await this.#connection());
    try {
      await transport.sendMail({
        ...{ from, to, subject, text, html },
        ...(cc === undefined || cc === to ? {} : { cc }),
        messageId: messageId(notices, from),
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      throw undelivered(error);
    } finally {
      transport.close();
    }
  }

  #mayTell(email: string | undefined): email is string {
    const { domains } = this.#options;
    const domain = email?.split('@')[1]?.toLowerCase();
    return domain !== undefined && (domains.length === 0 || domains.includes(domain));
  }

  /** Credentials are read at each use: whoever changes the files need not restart anything. */
  async #connection() {
    const { host, port, tls, userFile, passwordFile, ca } = this.#options;
    const auth =
      userFile === undefined || passwordFile === undefined
        ? {}
        : { auth: { user: await contentOf(userFile), pass: await contentOf(passwordFile) } };
    return {
      ...{ host, port, secure: tls === 'implicit', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
      ...auth,
      ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS },
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }) },
    } as const;
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Undelivered(`the file ${file} with a credential of the mail server cannot be read`, { isRefused: true });
  }
}

/** The same at every attempt, so that a mailbox can drop what it has. */
function messageId(notices: readonly Notice[], from: string): string {
  const ids = notices.map(({ id }) => id).join('\n');
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'socialops.invalid';
  return `<${createHash('sha256').update(ids).digest('hex').slice(0, 40)}@${domain}>`;
}

/** RFC 5321 section 4.2.1: 5yz is a lasting no. The server's own text may quote anything, so only its code is told. */
function undelivered(error: unknown): Undelivered {
  if (error instanceof Undelivered) return error;
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  if (responseCode !== undefined) {
    const isRefused = responseCode >= 500 || code === 'EAUTH';
    const what = code === 'EAUTH' ? 'refused the credentials' : 'did not take the mail';
    return new Undelivered(`the mail server ${what} (${responseCode})`, { isRefused });
  }
  return new Undelivered(`the mail server could not be used (${codeOf(error)})`, { isRefused: false });
}
