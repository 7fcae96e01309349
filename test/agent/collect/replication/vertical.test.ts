import { expect, test } from 'vitest';
import { parseVertical } from '../../../../agent/collect/replication/vertical.ts';
import { read } from '../../../../policies/reading.ts';

const row = `*************************** 1. row ***************************
           Replica_IO_Running: Yes
          Replica_SQL_Running: No
                   Last_Error:
                 Channel_Name:
`;

test('each column of a row is read', () => {
  const columns = { Replica_IO_Running: 'Yes', Replica_SQL_Running: 'No', Last_Error: '', Channel_Name: '' };
  expect(parseVertical(row, 'shop')).toEqual(read([new Map(Object.entries(columns))]));
});

test('no word is taken from the text of an error', () => {
  const forged = row.replace('Last_Error:', 'Last_Error: Duplicate entry\n  Replica_SQL_Running: Yes\n');
  expect(parseVertical(forged, 'shop')).toMatchObject({ obstacle: { code: 'unparsable' } });
});
