/** The secret of an API key: 256 random bits in base62 behind a readable prefix. Pure. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256. */
const SECRET_LENGTH = 43;
/** Characters shown of the secret part, so that a person can recognise a key. */
const SHOWN_LENGTH = 4;

export interface ApiKeySecret {
  /** The whole key, shown once. */
  readonly key: string;
  readonly key_prefix: string;
  readonly key_hash: Buffer;
}

/** Makes a key such as `pl_live_4fJ…`. */
export function generateApiKey(prefix: string, random: (size: number) => Buffer = randomBytes): ApiKeySecret {
  let secret = '';
  while (secret.length < SECRET_LENGTH) {
    for (const byte of random(64)) {
      // 248 = 4 × 62: bytes above would make the first characters of the alphabet likelier.
      if (byte < 248 && secret.length < SECRET_LENGTH) secret += ALPHABET[byte % 62];
    }
  }
  const key = prefix + secret;
  return { key, key_prefix: key.slice(0, prefix.length + SHOWN_LENGTH), key_hash: hashSecret(key) };
}

/**
 * SHA-256. A fast hash is right here: slow ones defend guessable secrets, and nobody guesses 256 bits
 * (docs/decisions/004).
 */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** What `API_KEY_PREFIX` may be. */
export const API_KEY_PREFIX = /^[A-Za-z][A-Za-z0-9_]{0,30}_$/;
const API_KEY = new RegExp(`^[A-Za-z][A-Za-z0-9_]{0,30}_[0-9A-Za-z]{${SECRET_LENGTH}}$`);

/**
 * False for a text that cannot be a key of ours, so that arbitrary texts never cost a hash or a query. Any prefix will
 * do: a key stays valid when `API_KEY_PREFIX` is changed.
 */
export function looksLikeApiKey(text: string): boolean {
  return API_KEY.test(text);
}

/** Compares two secrets in a time that tells nothing; hashes first, since the built-in throws on unequal lengths. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashSecret(a), hashSecret(b));
}
