import { expect, test } from 'vitest';
import { serversNamedBy } from '#connections/named-servers';
import { countedCalls } from '#test/support/counted-calls';

test.each([
  ['postgres://u@good.example:5432,evil.example:5432/x', ['good.example:5432', 'evil.example:5432'], true],
  ['postgres://u@good.example%2Cevil.example/x', ['good.example:5432', 'evil.example:5432'], true],
  ['postgres:///x?host=evil.example&port=6000', ['evil.example:6000'], true],
  ['postgres:///x?host=/run/postgresql', ['/run/postgresql:5432'], true],
  [
    'postgres://u@good.example/x?host=a.example&host=b.example&sslmode=require',
    ['good.example:5432', 'a.example:5432', 'b.example:5432'],
    true,
  ],
  ['postgres://u@good.example/x?socketFactoryArg=evil.example', ['good.example:5432'], false],
  ['postgres://u@good.example/x?dbname=host%3Devil.example', ['good.example:5432'], false],
  ['jdbc:postgresql://good.example,[::1]:6000/x', ['good.example:5432', '[::1]:6000'], true],
  ['jdbc:sqlserver://good.example;serverName=evil.example', [], false],
  [
    'mongodb+srv://u:p@cluster.example/x?retryWrites=true&w=majority&proxyHost=evil.example',
    ['cluster.example', 'evil.example'],
    false,
  ],
  ['mongodb+srv://u:p@good.example/x', ['good.example'], false],
  [
    'jdbc:postgresql://good.example/x?sslfactory=org.x.ClassPathXmlApplicationContext&sslfactoryarg=http://evil.example/x.xml',
    ['good.example:5432', 'evil.example'],
    false,
  ],
  ['jdbc:postgresql://good.example/x?user=a&sslfactory=a.B', ['good.example:5432'], false],
  [
    'jdbc:postgresql://good.example/x?authenticationPluginClassName=evil.Plugin',
    ['good.example:5432'],
    false,
  ],
  ['postgres://good.example/x?oauth_issuer=evil.example&oauth_client_id=x', ['good.example:5432'], false],
  ['host=good.example oauth_issuer=https://evil.example', ['good.example:5432', 'evil.example'], true],
  ['{"host":"good.example","secret":"https://evil.example/hook"}', ['good.example', 'evil.example'], true],
  [
    '{"host":"good.example","token":"postgres://u:p@evil.example/x"}',
    ['good.example', 'evil.example:5432'],
    true,
  ],
  ['{"host":"good.example","type":"postgres://evil.example"}', ['good.example', 'evil.example:5432'], true],
  ['{"host":"good.example","password":"//evil.example/x"}', ['good.example'], false],
  ['{"host":"good.example","type":"evil.example"}', ['good.example'], false],
  ['{"host":"good.example","database":"//evil.example/x"}', ['good.example'], false],
  ['{"host":"good.example","user":"a@evil.example"}', ['good.example'], false],
  ['{"host":"good.example","port":"5432@evil.example"}', ['good.example'], false],
  ['{"host":"good.example","tunnel":16843009}', ['good.example'], false],
  ['postgres://good.example/x?port=@evil.example', [], false],
  ['redis://good.example?db=0&protocol=evil.example', ['good.example:6379'], false],
  [
    '{"type":"postgresql","host":"good.example","port":5432,"user":"ann","password":"a/b:c","database":"app","ssl":true}',
    ['good.example:5432'],
    true,
  ],
  [
    'postgres://u:p@good.example/x?sslmode=verify-full&connect_timeout=5&application_name=a',
    ['good.example:5432'],
    true,
  ],
  ['rediss://:p@good.example', ['good.example:6379'], true],
  ['postgres://u:p@good.example/x@evil.example', [], false],
  ['https://good.example\\@evil.example/', [], false],
  ["host='good.example,evil.example' port=1,2 user=ann", ['good.example:1', 'evil.example:2'], true],
  ['host=good.example service=evil', ['good.example:5432'], false],
  ['Server=good.example;Password=p', [], false],
  [
    '{"host":"good.example","host":"evil.example","port":6000,"user":"u","password":"a.b"}',
    ['good.example:6000', 'evil.example:6000'],
    true,
  ],
  ['{"type":"postgres","host":"good.example","tunnel":"evil.example"}', ['good.example:5432'], false],
  ['{"hosts":["good.example","evil.example"]}', ['good.example', 'evil.example'], true],
  ['{"api_key":"x"}', [], false],
  ['{"host":', [], false],
  ['hunter2.example', [], false],
] as const)('%s', (text, servers, complete) => {
  expect(serversNamedBy(text)).toEqual({ servers, complete });
});

/** As much as a credential that is replaced may have. */
const longest = 65_536;
const filled = (before: string, piece: string, length: number, after = '') =>
  before + piece.repeat(Math.floor((length - before.length - after.length) / piece.length)) + after;

test.each<[string, (length: number) => string]>([
  ['parameters that name hosts', (length) => filled('a://b/?', 'url=&', length)],
  ['hosts in parameters', (length) => filled('a://b/?port=1', '&host=c', length)],
  ['pairs', (length) => filled('host=a', ' host=a', length)],
  ['hosts', (length) => filled('a://', 'a,', length, 'b/')],
  [
    'hosts with ports',
    (length) => `host=${filled('a', ',a', length / 2)} port=${filled('1', ',1', length / 2)}`,
  ],
  ['members of a document', (length) => filled('{"port":1', ',"host":"a"', length, '}')],
  ['addresses within addresses', (length) => filled('', 'a://b/?url=', length)],
  ['addresses within a document', (length) => filled('["a"', ',"a://b/?url=c"', length, ']')],
])('of %s, twice as many take about twice the work', (_, textOf) => {
  const workOf = (length: number) =>
    countedCalls(String.prototype as never, 'toLowerCase', () => serversNamedBy(textOf(length)));
  expect(workOf(longest)).toBeLessThan(2.5 * workOf(longest / 2) + 100);
});

test('addresses within addresses are not followed without end, and what was not read is told', () => {
  expect(serversNamedBy(filled('', 'a://b/?url=', longest)).complete).toBe(false);
});
