import { expect, test } from 'vitest';
import { serversNamedBy } from '#connections/named-servers';

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
