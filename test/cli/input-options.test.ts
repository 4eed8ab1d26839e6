import { expect, test } from 'vitest';
import { describeReading, type InputArgs } from '../../src/cli/input-options.ts';

test.each<[InputArgs, InputArgs]>([
  [{ starttls: 'smtp' }, { servername: 'smtp' }],
  [{ limit: ['size=1', 'size=1M'] }, { limit: ['size=1M', 'size=1'] }],
  [{}, { limit: ['nesting=5'] }],
  [{ limit: ['size=256M'] }, { limit: ['unpacked=200M'] }],
])('%j and %j read in different ways', (one, other) => {
  expect(describeReading(one)).not.toBe(describeReading(other));
});

test.each<[InputArgs, InputArgs]>([
  [{ limit: ['size=1K', 'nesting=4'] }, { limit: ['nesting=4', 'size=1024'] }],
  [{ limit: [] }, { starttls: undefined }],
  [{}, { limit: ['nesting=4'] }],
  [{ limit: ['nesting=8', 'nesting=4'] }, { limit: ['size=256M', 'entries=10000'] }],
  [{ servername: 'Mail.Example.test' }, { servername: 'mail.example.test' }],
])('%j and %j read in the same way', (one, other) => {
  expect(describeReading(one)).toBe(describeReading(other));
});
