import type { PostureFinding, PostureReport } from '#contract/posture';
import { countFindings } from '#posture/judge/judge-posture';
import { isWaived } from '#posture/waivers';
import { escaped } from './markup.ts';
import { byArea, inNumbers, momentOf, sentence, statusWord, statusWords, waiverText } from './report-text.ts';

/** The report as one file that loads nothing and runs nothing; it prints on A4 and Letter. */
export function reportAsHtml(report: PostureReport): string {
  const { subject, findings } = report;
  const counts = countFindings(findings);
  const tiles = (['fail', 'warn', 'unknown', 'pass'] as const)
    .map((status) => `<div class="${status}"><dt>${statusWords[status]}</dt><dd>${counts[status]}</dd></div>`)
    .join('');
  const groups = byArea(findings)
    .map(({ title, findings }) => `<h2>${escaped(title)}</h2>\n<ul>\n${findings.map(item).join('\n')}\n</ul>`)
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Encryption posture of ${escaped(subject)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Encryption posture of ${escaped(subject)}</h1>
<p class="when">Checked by Keel on ${momentOf(report)}. This report contains no secrets, but it lists weaknesses: share it only with those who fix them.</p>
<dl>${tiles}</dl>
<p>${inNumbers(findings)}</p>
${groups}
</main>
</body>
</html>
`;
}

function item(finding: PostureFinding): string {
  const { id, status, title, seen, why, remedy } = finding;
  const waiver = waiverText(finding);
  const accepted = waiver === undefined ? '' : `<p class="waiver">${escaped(waiver)}</p>`;
  const todo = remedy === undefined ? '' : `<p class="remedy">${escaped(sentence(remedy))}</p>`;
  return `<li class="${isWaived(finding) ? 'unknown' : status}"><span class="badge">${statusWord(finding)}</span><div><h3>${escaped(title)} <small>${escaped(id)}</small></h3>
<p>${escaped(sentence(seen))}</p>${accepted}${todo}<p class="why">${escaped(why)}</p></div></li>`;
}

const style = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #16202a; font: 14px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 40px 28px 60px; }
h1 { margin: 0; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 32px 0 8px; font-size: 17px; break-after: avoid; }
h3 { margin: 0; font-size: 14px; }
h3 small { color: #56646f; font-weight: 400; font-size: 12px; }
p { margin: 2px 0; overflow-wrap: anywhere; }
.when, .why { color: #56646f; }
.why { font-size: 13px; }
.remedy::before { content: "\\2192\\00a0"; }
.remedy { font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin: 20px 0 0; }
dl div { display: flex; flex-direction: column-reverse; padding: 10px 14px; border: 1px solid #dfe4e9; border-top: 3px solid currentColor; border-radius: 6px; }
dt { color: #56646f; font-size: 13px; }
dd { margin: 0; font-size: 22px; font-weight: 700; }
ul { margin: 0; padding: 0; list-style: none; border-top: 1px solid #dfe4e9; }
li { display: grid; grid-template-columns: 92px 1fr; gap: 12px; padding: 10px 0; border-bottom: 1px solid #dfe4e9; break-inside: avoid; }
.badge { font-weight: 700; }
dl .fail, li.fail .badge { color: #ac2218; }
dl .warn, li.warn .badge { color: #875000; }
dl .unknown, li.unknown .badge { color: #56646f; }
dl .pass, li.pass .badge { color: #17703a; }
@media print { body { font-size: 11px; } main { max-width: none; padding: 0; } h1 { font-size: 18px; } h2 { font-size: 14px; margin-top: 20px; } h3 { font-size: 11px; } }
@page { margin: 18mm 16mm; }
`;
