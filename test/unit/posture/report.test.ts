import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { PostureReport } from '#contract/posture';
import { reportAsHtml } from '#posture/report/report-html';
import { reportAsPdf } from '#posture/report/report-pdf';
import { test } from '#test/support/temp-folder';

const report: PostureReport = {
  at: '2026-11-25T12:00:00.000Z',
  subject: 'Acme & <b>Söhne</b> 株式',
  findings: Array.from({ length: 40 }, (_, i) => ({
    id: `api.${i}`,
    area: i < 20 ? 'transit' : 'keys',
    title: `Finding ${i}`,
    status: (['pass', 'warn', 'fail', 'unknown'] as const)[i % 4] ?? 'pass',
    seen: i === 0 ? `"><script>alert('1')</script>&amp; → ≥` : 'seen as it is',
    why: 'why it matters '.repeat(i === 5 ? 60 : 4),
    ...(i % 4 !== 0 && { remedy: 'do this' }),
  })),
};

test('the web page runs nothing, loads nothing, and shows hostile text as text', () => {
  const html = reportAsHtml(report);
  expect(html).not.toMatch(/<script|<b>|javascript:|<link|<img|url\(|@import|\son\w+=/i);
  expect(html).toContain('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;');
  expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(html).toContain('<dt>Fail</dt><dd>10</dd>');
  expect(html.match(/<li /g)).toHaveLength(40);
});

test('the PDF has every finding on numbered pages, as another program reads it', async ({ folder, skip }) => {
  const pdf = await reportAsPdf(report);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await writeFile(join(folder, 'r.pdf'), pdf);
  let text = '';
  try {
    text = execFileSync('pdftotext', ['-layout', 'r.pdf', '-'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    skip('pdftotext is not installed here (Debian: poppler-utils)');
  }
  expect(text).toContain('Acme & <b>Söhne</b> ??');
  for (const { title } of report.findings) expect(text).toContain(title);
  const pages = [...text.matchAll(/Page (\d+) of (\d+)/g)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages).toEqual(pages.map((_, i) => [i + 1, pages.length]));
});
