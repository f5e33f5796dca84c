import { createHash } from 'node:crypto';

/** The one style sheet. Colours have a contrast of at least 4.5 : 1 in light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --sheet: #fff; --ink: #16202c; --quiet: #55606e; --line: #d5dae1; --link: #0b57c2;
  --act: #0b57c2; --act-ink: #fff; --good: #0d6b3a; --good-ground: #e0f3e8; --soon: #7a4b00; --soon-ground: #fdf0d5;
  --bad: #a61b1b; --bad-ground: #fde4e4; --calm-ground: #e8ecf2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151c; --sheet: #19212b; --ink: #e7ecf2; --quiet: #a5b1bf; --line: #344050; --link: #8ab8ff;
    --act: #8ab8ff; --act-ink: #0c1420; --good: #7fdca6; --good-ground: #123524; --soon: #f3c46a; --soon-ground: #3a2b0c;
    --bad: #ff9d9d; --bad-ground: #431a1c; --calm-ground: #263140;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: .5rem; top: .5rem; background: var(--sheet); padding: .5rem; }
header.top { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; padding: .6rem 1rem; border-bottom: 1px solid var(--line); background: var(--sheet); }
header.top .product { font-weight: 600; margin-right: auto; }
header.top .product a { color: inherit; text-decoration: none; }
header.top form { margin: 0; }
header.top .who { color: var(--quiet); font-size: .9rem; }
main { max-width: 44rem; margin: 0 auto; padding: 1rem; }
main.wide { max-width: 76rem; }
footer { max-width: 44rem; margin: 0 auto; padding: 0 1rem 2rem; color: var(--quiet); font-size: .85rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
.lead { font-size: 1.1rem; }
.quiet { color: var(--quiet); }
.card { background: var(--sheet); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; margin: 1rem 0; }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
.state { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; font-size: .9rem; font-weight: 600; background: var(--calm-ground); color: var(--ink); white-space: nowrap; }
.state.Connected { background: var(--good-ground); color: var(--good); }
.state.Expiring { background: var(--soon-ground); color: var(--soon); }
.state.NeedsReauth { background: var(--bad-ground); color: var(--bad); }
.note { border-left: 4px solid var(--line); padding: .5rem .8rem; background: var(--calm-ground); border-radius: .2rem; }
.note.good { border-color: var(--good); background: var(--good-ground); }
.note.soon { border-color: var(--soon); background: var(--soon-ground); }
.note.bad { border-color: var(--bad); background: var(--bad-ground); }
dl.facts { display: grid; grid-template-columns: 1fr; gap: 0 1rem; margin: 0; }
dl.facts dt { color: var(--quiet); font-size: .9rem; }
dl.facts dd { margin: 0 0 .6rem; }
button, .button { display: inline-block; font: inherit; font-weight: 600; padding: .7rem 1.2rem; border: 1px solid var(--act); border-radius: .5rem; background: var(--act); color: var(--act-ink); cursor: pointer; text-decoration: none; text-align: center; min-height: 2.75rem; }
button:hover, .button:hover { filter: brightness(1.08); }
button.plain, .button.plain { background: transparent; color: var(--link); border-color: var(--line); }
header.top button { padding: .3rem .7rem; min-height: 2rem; font-weight: 400; font-size: .9rem; }
.acts { display: flex; flex-direction: column; gap: .6rem; margin: 1rem 0; }
.acts form { margin: 0; }
.acts button, .acts .button { width: 100%; }
.pair { display: grid; gap: .8rem; margin: 1rem 0; }
.pair .card { margin: 0; }
.handle { font-size: 1.2rem; font-weight: 600; margin: 0; }
ol.history { list-style: none; margin: 0; padding: 0; }
ol.history li { padding: .5rem 0; border-top: 1px solid var(--line); }
ol.history li:first-child { border-top: 0; }
ul, ol { padding-left: 1.3rem; }
li { margin: .25rem 0; }
.scopes code { font-family: ui-monospace, monospace; font-size: .9rem; overflow-wrap: anywhere; }
.filters { display: grid; gap: .6rem; grid-template-columns: 1fr 1fr; align-items: end; }
.filters label { font-size: .9rem; color: var(--quiet); min-width: 0; }
.filters select { display: block; width: 100%; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--sheet); color: var(--ink); }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
caption { text-align: left; color: var(--quiet); padding: .5rem 0; }
thead { position: absolute; left: -100rem; }
tr { display: block; border: 1px solid var(--line); border-radius: .6rem; background: var(--sheet); padding: .7rem .9rem; margin: .6rem 0; }
td, th[scope=row] { display: block; text-align: left; padding: .1rem 0; font-weight: 400; }
th[scope=row] { font-weight: 600; }
.under { display: block; color: var(--quiet); font-size: .85rem; font-weight: 400; }
.clock { width: 100%; max-width: 52rem; height: auto; display: block; }
.clock .axis { stroke: var(--line); stroke-width: 2; }
.clock .tick { stroke: var(--quiet); stroke-width: 1; }
.clock text { fill: var(--quiet); font-size: 10px; font-family: system-ui, sans-serif; }
.clock .near { fill: var(--bad); } .clock .next { fill: var(--soon); } .clock .far { fill: var(--link); }
.spans { display: grid; gap: .6rem; margin: .5rem 0 0; padding: 0; list-style: none; }
.spans li { margin: 0; padding: .5rem .8rem; border-left: 4px solid var(--line); }
.spans .near { border-color: var(--bad); } .spans .next { border-color: var(--soon); } .spans .far { border-color: var(--link); }
.label { color: var(--quiet); font-size: .85rem; }
.pages { display: flex; justify-content: space-between; gap: 1rem; }
@media (min-width: 40rem) {
  dl.facts { grid-template-columns: 12rem 1fr; }
  dl.facts dd { margin-bottom: .4rem; }
  .acts { flex-direction: row; flex-wrap: wrap; align-items: center; }
  .acts button, .acts .button { width: auto; }
  .pair { grid-template-columns: 1fr 1fr; }
  .filters { grid-template-columns: repeat(4, 1fr) auto auto; }
  .spans { grid-template-columns: repeat(4, 1fr); }
  .clock text { font-size: 6.5px; }
}
@media (min-width: 60rem) {
  thead { position: static; }
  tr { display: table-row; background: none; border: 0; }
  td, th { display: table-cell; padding: .5rem .8rem .5rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
  th[scope=row] { display: table-cell; padding: .5rem .8rem .5rem 0; }
  th[scope=col] { text-align: left; color: var(--quiet); font-weight: 400; font-size: .9rem; }
  td.why { max-width: 26rem; }
  th[scope=row] { min-width: 13rem; }
  td { min-width: 7rem; }
  .label { display: none; }
}
@media (prefers-reduced-motion: no-preference) { button { transition: filter .15s; } }
`;

/** Named after what is in it, so that browsers may keep it for ever. */
export const stylePath = `/style/${createHash('sha256').update(style).digest('hex').slice(0, 16)}.css`;
