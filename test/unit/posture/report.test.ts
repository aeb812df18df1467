import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { PostureReport, PostureStatus } from '#contract/posture';
import { reportAsHtml } from '#posture/report/report-html';
import { reportAsJunit } from '#posture/report/report-junit';
import { reportAsPdf } from '#posture/report/report-pdf';
import { reportAsSarif } from '#posture/report/report-sarif';
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
  expect(text.replace(/\s+/g, ' ')).toContain('Acme & <b>Söhne</b> [U+682A U+5F0F]');
  for (const { title } of report.findings) expect(text).toContain(title);
  const pages = [...text.matchAll(/Page (\d+) of (\d+)/g)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages).toEqual(pages.map((_, i) => [i + 1, pages.length]));
});

test('the PDF loses no character of any script: those that its fonts lack stand as code points, and it says so', async ({
  folder,
  skip,
}) => {
  const read = async (subject: string) => {
    const findings = report.findings.slice(1, 2);
    await writeFile(join(folder, 's.pdf'), await reportAsPdf({ ...report, subject, findings }));
    try {
      const text = execFileSync('pdftotext', ['-raw', 's.pdf', '-'], { cwd: folder, encoding: 'utf8' });
      return text.replace(/\s+/g, ' ');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return skip('pdftotext is not installed here (Debian: poppler-utils)');
    }
  };
  for (const [subject, shown] of [
    ['Київ', '[U+041A U+0438 U+0457 U+0432]'],
    ['עברית', '[U+05E2 U+05D1 U+05E8 U+05D9 U+05EA]'],
    ['بيئة', '[U+0628 U+064A U+0626 U+0629]'],
    ['prod 🔒', 'prod [U+1F512]'],
    ['Łódź 大阪', '[U+0141]ód[U+017A] [U+5927 U+962A]'],
  ] as const) {
    const text = await read(subject);
    expect(text).toContain(shown);
    expect(text).toContain('lack some of the characters');
  }
  const plain = await read('Žilina — Œuvre „ß“ 50 € ™');
  expect(plain).toContain('Žilina — Œuvre „ß“ 50 € ™');
  expect(plain).not.toContain('lack some of the characters');
});

test('for code scanning, each finding is a result with its rule, and only failures and warnings have a level', () => {
  const [run] = JSON.parse(reportAsSarif(report)).runs;
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(
    report.findings.map(({ id }) => id),
  );
  const [pass, warn, fail, unknown] = run.results;
  expect(pass).toMatchObject({ ruleId: 'api.0', ruleIndex: 0, kind: 'pass', level: 'none' });
  expect(warn).toMatchObject({ kind: 'fail', level: 'warning' });
  expect(fail).toMatchObject({ kind: 'fail', level: 'error', message: { text: 'Seen as it is.' } });
  expect(unknown).toMatchObject({ kind: 'open', level: 'none' });
});

test('as XML of JUnit, what was asked to fail fails, and what could not be checked is skipped', ({
  skip,
}) => {
  const script = `import sys, json, xml.etree.ElementTree as tree
suites = tree.fromstring(sys.stdin.buffer.read())
cases = suites.findall('testsuite/testcase')
print(json.dumps([suites.attrib, [[c.attrib['name'], [(one.tag, one.attrib.get('message')) for one in c]] for c in cases]]))`;
  const read = (failing: readonly PostureStatus[]) => {
    try {
      const xml = reportAsJunit(report, failing);
      return JSON.parse(execFileSync('python3', ['-c', script], { input: xml, encoding: 'utf8' }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return skip('python3 is not installed here');
    }
  };
  const [counts, cases] = read(['fail']);
  expect(counts).toMatchObject({ tests: '40', failures: '10', skipped: '10' });
  expect(counts.name).toContain('Acme & <b>Söhne</b> 株式');
  expect(cases.length).toBe(40);
  const kinds = Object.fromEntries(cases.map(([name, [[kind]]]: any) => [name, kind]));
  expect(kinds).toMatchObject({ 'Finding 1 (api.1)': 'system-out', 'Finding 2 (api.2)': 'failure' });
  expect(kinds).toMatchObject({ 'Finding 3 (api.3)': 'skipped' });
  expect(read(['fail', 'warn', 'unknown'])[0]).toMatchObject({ failures: '30', skipped: '0' });
});
