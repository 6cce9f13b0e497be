import { afterEach, describe, expect, test } from 'vitest';

import { SecureStorageError } from '../../errors.js';
import { configureWeb, webMode } from '../../web/mode.js';

const LOCAL = ['localhost', 'app.localhost', '[::1]', '127.0.0.1'];
const NEARBY = ['laptop.local', '10.0.2.2', '192.168.178.20', '172.16.0.1'];
const PRODUCTION = [
  'example.com',
  'localhost.example.com',
  '10.0.0.1.example.com',
  'local',
  '172.32.0.1',
  '11.0.0.1',
  '',
];

afterEach(() => {
  configureWeb();
});

describe('in a browser', () => {
  test.each(LOCAL)('debug is the default on %s', (host) => {
    expect(webMode(host)).toBe('debug');
  });

  test.each(NEARBY)('memory is the default on %s, and debug can be configured', (host) => {
    expect(webMode(host)).toBe('memory');
    configureWeb({ web: 'debug' });
    expect(webMode(host)).toBe('debug');
  });

  test.each(PRODUCTION)('memory is the default on %j', (host) => {
    expect(webMode(host)).toBe('memory');
  });

  test.each(PRODUCTION)('debug is refused on %j', (host) => {
    configureWeb({ web: 'debug' });
    expect(() => webMode(host)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  test.each(['memory', 'deny'] as const)('%s can be configured anywhere', (web) => {
    configureWeb({ web });
    expect(webMode('localhost')).toBe(web);
    expect(webMode('example.com')).toBe(web);
  });

  test('an unknown mode is refused', () => {
    expect(() => {
      configureWeb({ web: 'plain' as 'debug' });
    }).toThrow(SecureStorageError);
  });
});

describe('on a server that renders pages', () => {
  test('deny is the default', () => {
    expect(webMode()).toBe('deny');
  });

  test('memory can be configured, for tests', () => {
    configureWeb({ web: 'memory' });
    expect(webMode()).toBe('memory');
  });
});
