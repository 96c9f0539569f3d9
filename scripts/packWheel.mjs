/**
 * Packs the Python SDK into `dist/sdk/promptlab_sdk-<version>-py3-none-any.whl`, which the server hands out, without Python:
 * a wheel is a zip of text files. And the page of links that `pip --find-links` reads. Two builds give the same bytes.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

const root = path.resolve(import.meta.dirname, '..');
const sdk = path.join(root, 'sdk');
const dist = path.join(root, 'dist', 'sdk');

const project = readProject();
const info = `${project.module}-${project.version}.dist-info`;
const files = [
  ...sourceFiles(path.join(sdk, 'python', 'src')),
  [`${info}/METADATA`, metadata()],
  [`${info}/WHEEL`, 'Wheel-Version: 1.0\nGenerator: promptlab\nRoot-Is-Purelib: true\nTag: py3-none-any\n'],
  [`${info}/licenses/LICENSE`, fs.readFileSync(path.join(sdk, 'LICENSE'))],
].map(([name, content]) => ({ name: String(name), content: Buffer.from(content) }));
const record = files.map(
  ({ name, content }) => `${name},sha256=${hash(content, 'base64url')},${String(content.length)}`,
);
files.push({ name: `${info}/RECORD`, content: Buffer.from([...record, `${info}/RECORD,,`, ''].join('\n')) });

const wheel = zip(files);
const fileName = `${project.module}-${project.version}-py3-none-any.whl`;
fs.mkdirSync(dist, { recursive: true });
for (const old of fs.readdirSync(dist)) if (old.endsWith('.whl') && old !== fileName) fs.rmSync(path.join(dist, old));
writeIfNew(path.join(dist, fileName), wheel);
writeIfNew(path.join(dist, 'index.html'), Buffer.from(indexPage()));

/** A running server hands the files out, so what is there already is left alone. */
function writeIfNew(file, content) {
  if (fs.existsSync(file) && fs.readFileSync(file).equals(content)) return;
  fs.writeFileSync(file, content);
}

/** What `pyproject.toml` says; the version is where Python reads it from. */
function readProject() {
  const toml = fs.readFileSync(path.join(sdk, 'pyproject.toml'), 'utf8');
  const version = fs.readFileSync(path.join(sdk, 'python', 'src', 'promptlab', '_version.py'), 'utf8');
  const field = (name) => {
    const [, value] = new RegExp(`^${name} = "(.+)"$`, 'm').exec(toml) ?? [];
    if (value === undefined) throw new Error(`sdk/pyproject.toml has no ${name}.`);
    return value;
  };
  const list = (name) =>
    [...(new RegExp(`^${name} = \\[(.*)\\]$`, 'm').exec(toml)?.[1] ?? '').matchAll(/"([^"]+)"/g)].map(
      ([, item]) => item,
    );
  return {
    name: field('name'),
    module: field('name').replaceAll('-', '_'),
    version: /^VERSION = "(.+)"$/m.exec(version)[1],
    description: field('description'),
    python: field('requires-python'),
    keywords: list('keywords'),
    classifiers: list('classifiers'),
    openai: list('openai')[0],
  };
}

function metadata() {
  const { name, version, description, python, keywords, classifiers, openai } = project;
  return [
    'Metadata-Version: 2.4',
    `Name: ${name}`,
    `Version: ${version}`,
    `Summary: ${description}`,
    'License: MIT',
    'License-File: LICENSE',
    `Keywords: ${keywords.join(',')}`,
    ...classifiers.map((classifier) => `Classifier: ${classifier}`),
    `Requires-Python: ${python}`,
    'Provides-Extra: openai',
    `Requires-Dist: ${openai.replace(/^(\w+)(.*)$/, '$1$2')}; extra == 'openai'`,
    'Description-Content-Type: text/markdown',
    '',
    fs.readFileSync(path.join(sdk, 'python', 'README.md'), 'utf8'),
  ].join('\n');
}

/** The package's files by their names in the wheel, sorted. */
function sourceFiles(folder) {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => (name.endsWith('.py') || name.endsWith('py.typed')) && !name.includes('__pycache__'))
    .map((name) => [name.split(path.sep).join('/'), fs.readFileSync(path.join(folder, name))])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Relative links, so that it works below any base path. */
function indexPage() {
  const link = `<a href="${fileName}#sha256=${hash(wheel, 'hex')}" data-requires-python="${project.python.replace('>', '&gt;')}">${fileName}</a>`;
  return `<!DOCTYPE html>\n<html lang="en">\n<head><title>PromptLab SDKs</title></head>\n<body>\n${link}<br>\n<a href="promptlab.tgz">promptlab.tgz</a>\n</body>\n</html>\n`;
}

function hash(content, encoding) {
  return createHash('sha256').update(content).digest(encoding);
}

/** A zip file with the time 1980-01-01, the earliest that the format knows. */
function zip(entries) {
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const data = deflateRawSync(content, { level: 9 });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version needed
    fields.writeUInt16LE(0x0800, 2); // names are UTF-8
    fields.writeUInt16LE(8, 4); // deflate
    fields.writeUInt16LE(0, 6); // time
    fields.writeUInt16LE(0x21, 8); // date
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((0o100644 << 16) >>> 0, 6); // a file that all may read
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), fields, rest, Buffer.from(name)]));
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, Buffer.from('PK\x05\x06'), end]);
}
