import { expect, test } from 'vitest';

import { MemoryBackend } from '../../engine/backend.js';
import { PREFIX, Records } from '../../engine/records.js';
import { SecureStorageError } from '../../errors.js';

/** A backend with room for a number of characters. */
class SmallBackend extends MemoryBackend {
  constructor(private readonly room: number) {
    super();
  }

  override write(name: string, content: string): void {
    const others = this.names('').filter((other) => other !== name);
    const used = others.reduce((sum, other) => sum + (this.read(other)?.length ?? 0), 0);
    if (used + content.length > this.room) throw new SecureStorageError('STORAGE_FULL', 'no room');
    super.write(name, content);
  }
}

const record = (value: string) => ({ value, expiresAt: null });

test('if not all records fit, nothing changes', () => {
  const backend = new SmallBackend(150);
  const records = new Records(backend, 's');
  records.set('a', record('old'));
  records.set('b', record('v'.repeat(60)));
  const before = backend.names('').map((name) => [name, backend.read(name)]);
  const batch = new Map([
    ['new', record('n')],
    ['b', record('small')],
    ['a', record('w'.repeat(100))],
  ]);
  expect(() => {
    records.setAll(batch);
  }).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
  expect(backend.names('').map((name) => [name, backend.read(name)])).toEqual(expect.arrayContaining(before));
  expect(records.keys()).toEqual(['a', 'b']);
});

test('if all records fit, all are written', () => {
  const backend = new MemoryBackend();
  const records = new Records(backend, 's');
  records.setAll(
    new Map([
      ['a', record('1')],
      ['b', record('2')],
    ]),
  );
  expect(backend.names(PREFIX)).toEqual([`${PREFIX}s:a`, `${PREFIX}s:b`]);
  expect(records.get('b')).toEqual(record('2'));
});
