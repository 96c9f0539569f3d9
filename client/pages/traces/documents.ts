/** What a retriever or a reranker gave, as documents: the shapes that LangChain, LlamaIndex and OpenInference use. Pure. */
import { ExactNumber, parseExactJson } from '#shared/exactJson';

/** A document in one form, whichever library gave it. */
export interface RetrievedDocument {
  readonly text: string;
  /** Between 0 and 1 for most, but any number; null where none was given. */
  readonly score: number | null;
  readonly id: string | null;
  /** What else it says, its metadata alone where that is all; null where it says nothing else. */
  readonly more: unknown;
}

const TEXTS = ['content', 'page_content', 'pageContent', 'text', 'document'];
const LISTS = ['documents', 'results', 'matches', 'nodes'];

/** Null where it is anything else, so that nothing is hidden: each member must have a text. */
export function readDocuments(value: unknown): readonly RetrievedDocument[] | null {
  const list = listIn(typeof value === 'string' ? parsed(value) : value);
  if (list === null || list.length === 0) return null;
  const documents = list.map(readDocument);
  return documents.every((document) => document !== null) ? documents : null;
}

function listIn(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return null;
  const inner = LISTS.map((name) => own(value, name)).find((member) => Array.isArray(member));
  return Array.isArray(inner) ? inner : null;
}

function readDocument(value: unknown): RetrievedDocument | null {
  if (!isObject(value)) return null;
  const inner = own(value, 'document') ?? own(value, 'node');
  const source = isObject(inner) ? { ...inner, score: own(value, 'score') ?? own(inner, 'score') } : value;
  const name = TEXTS.find((candidate) => typeof own(source, candidate) === 'string');
  if (name === undefined) return null;
  const { [name]: text, score, id, ...rest } = source;
  return { text: String(text), score: toNumber(score), id: toText(id), more: readMore(rest) };
}

function readMore(rest: { readonly [name: string]: unknown }): unknown {
  const names = Object.keys(rest).filter((name) => !isEmpty(rest[name]));
  if (names.length === 0) return null;
  if (names.length === 1 && names[0] === 'metadata') return rest.metadata;
  return Object.fromEntries(names.map((name) => [name, rest[name]]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

function own(value: { readonly [name: string]: unknown }, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function toNumber(value: unknown): number | null {
  if (value === undefined || value === null || value === '' || typeof value === 'boolean') return null;
  const number = Number(value instanceof ExactNumber ? value.toNumber() : value);
  return Number.isFinite(number) ? number : null;
}

function toText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return parseExactJson(text);
  } catch {
    return null;
  }
}
