/** Writes the guides of the first-run page into docs/opentelemetry.md. */
import fs from 'node:fs';
import path from 'node:path';
import { OTEL_DOCS, withGuides } from './otelDocs.ts';

const file = path.join(import.meta.dirname, '..', OTEL_DOCS);
fs.writeFileSync(file, withGuides(fs.readFileSync(file, 'utf8')));
