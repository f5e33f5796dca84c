import type { Context } from 'hono';
import { html } from 'hono/html';

/**
 * What a person sees who asked the platform for the deletion of their data. The code names the moment and nobody, and
 * nothing is looked up by it.
 */
export function deletionPage(context: Context): Response | Promise<Response> {
  const [, moment, proof] = /^([0-9a-z]{1,8})-([0-9a-f]{20})$/.exec(context.req.param('code') ?? '') ?? [];
  if (moment === undefined || proof === undefined) return context.text('no such request\n', 404);
  const at = new Date(Number.parseInt(moment, 36) * 1000).toISOString().slice(0, 10);
  context.header('Cache-Control', 'no-store');
  context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  context.header('Referrer-Policy', 'no-referrer');
  return context.html(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Request to delete data</title>
</head>
<body>
<main>
<h1>Request to delete data</h1>
<p>Your request of ${at} has arrived. Its confirmation code is <strong>${moment}-${proof}</strong>.</p>
<p>The app keeps a login that you gave it, the id and the name of your account, and nothing that you posted. The platform is
asked at once whether that login still works; a login that was withdrawn is not used any more.</p>
<p>What is left is deleted by the people who run the app. Write to them, and name the code.</p>
</main>
</body>
</html>
`);
}
