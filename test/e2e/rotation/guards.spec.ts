import { connectPlainly, urlOf } from '../../support/postgres/test-database.ts';
import { connectAcme, createAcme, prepareNewKey } from '../support/acme.ts';
import { test } from '../support/keel-test.ts';
import { call, run } from '../support/window-calls.ts';
import { button, confirmRotation, expect, openScreen, rehearse } from '../support/wizard.ts';

test.describe('a rotation is refused', () => {
  test.setTimeout(300_000);

  test('while no backup of the new key was drilled', async ({ keel }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    const before = await acme.ciphertexts();
    const { page } = keel;
    await call(page, 'keys.generate', { environment });

    await openScreen(page, 'Rotate');
    await expect(page.getByText('The new key has not been restored from a backup yet')).toBeVisible();
    await expect(button(page, 'Back up and test')).toBeVisible();
    // looking ahead does not get past it
    await page.getByRole('navigation', { name: 'Steps of the rotation' }).getByText('Review').click();
    await expect(page.getByText('The new key has not been restored from a backup yet')).toBeVisible();
    await expect(button(page, 'Rotate the key')).toHaveCount(0);

    // nor does a window that asks by itself
    const request = { environment, excluded: [], accepted: [] };
    await expect(run(page, 'rotation.rotate', request)).rejects.toThrow('rehearsal-missing');
    await run(page, 'rotation.rehearse', request);
    await expect(run(page, 'rotation.rotate', request)).rejects.toThrow('artefact-missing');
    expect(await acme.ciphertexts()).toEqual(before);
    expect(await acme.journal()).toEqual([]);
  });

  test('while Ballast is connected, and goes through once it is stopped', async ({ keel }) => {
    await using acme = await createAcme();
    const environment = await connectAcme(keel, acme);
    const newKey = await prepareNewKey(keel, environment);
    const before = await acme.ciphertexts();
    const { page } = keel;
    const ballast = await acme.connectBallast();

    await openScreen(page, 'Rotate');
    await button(page, 'Run preflight').click();
    await expect(page.getByText(/Other sessions are connected \(1 × ballast-api\)/)).toBeVisible();
    await expect(button(page, 'Continue to the rehearsal')).toHaveCount(0);
    // whom to stop, and since when
    const { rows: own } = await ballast.query('SELECT pg_backend_pid() AS pid');
    const connected = page.getByRole('table', { name: 'Sessions that are connected to the database now' });
    await expect(connected.getByRole('row', { name: String(own[0].pid) })).toContainText('ballast-api');
    await rehearse(page, { besideBallast: true });
    await expect(page.getByText('Ballast is still connected.')).toBeVisible();

    // what was taken on for the rehearsal is not taken on for the cutover
    await confirmRotation(page);
    await expect(
      page.getByRole('alert').getByText(/Other sessions are connected \(1 × ballast-api\)/),
    ).toBeVisible();
    await expect(page.getByText('Nothing was changed in the database')).toBeVisible();
    expect(await acme.ciphertexts()).toEqual(before);
    expect(await acme.staging()).toEqual([]);

    await ballast.end();
    await button(page, 'Back to the review').click();
    await button(page, 'Rotate the key').click();
    await expect(page.getByText('Verified and committed.')).toBeVisible();
    expect(await acme.opened(newKey)).toBe(acme.rows);
  });

  test('where row-level security hides rows from Keel', async ({ keel }) => {
    await using acme = await createAcme();
    const owner = await connectPlainly(acme.url);
    const user = `reader_${new URL(acme.url).pathname.slice(6)}`;
    await owner.query(`CREATE ROLE ${user} LOGIN PASSWORD 'reader'`);
    await owner.query(`GRANT SELECT, UPDATE, DELETE, TRUNCATE ON source_connection TO ${user}`);
    await owner.query(`GRANT CREATE ON DATABASE ${new URL(acme.url).pathname.slice(1)} TO ${user}`);
    const environment = await connectAcme(keel, acme, { user, password: 'reader' });
    await prepareNewKey(keel, environment);
    await owner.query('ALTER TABLE source_connection ENABLE ROW LEVEL SECURITY');
    await owner.query('CREATE POLICY half ON source_connection USING (id % 2 = 0)');
    await owner.end();
    const before = await acme.ciphertexts();
    const { page } = keel;

    await openScreen(page, 'Rotate');
    await button(page, 'Run preflight').click();
    await expect(page.getByText(/Row-level security hides rows of public\.source_connection/)).toBeVisible();
    await expect(page.getByText(/Connect as the owner or as a role with BYPASSRLS/)).toBeVisible();
    // there is one for how much is read, and none that accepts this
    await expect(page.getByRole('switch', { name: 'Read samples only' })).toBeVisible();
    await expect(page.getByRole('switch')).toHaveCount(1);
    await expect(button(page, 'Continue to the rehearsal')).toHaveCount(0);
    await expect(
      run(page, 'rotation.rehearse', { environment, excluded: [], accepted: ['row-level-security'] }),
    ).rejects.toThrow('usage');
    expect(await acme.ciphertexts()).toEqual(before);

    const admin = await connectPlainly(urlOf(acme.url, new URL(acme.url).pathname.slice(1)));
    await admin.query(`DROP OWNED BY ${user}`);
    await admin.query(`DROP ROLE ${user}`);
    await admin.end();
  });
});
