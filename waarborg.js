#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';

// Half of a short run would be reading TypeScript. What was read once is kept in the installation's own folder, where
// nobody else writes; where this process may not write either, it reads anew each time. This file is JavaScript because
// the first TypeScript that is read without the cache loads the compiler.
enableCompileCache(join(import.meta.dirname, 'node_modules/.cache/compile'));
const { main } = await import('./waarborg.ts');
await main(argv.slice(2));
