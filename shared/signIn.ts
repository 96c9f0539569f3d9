/** The sign-in link: a code that is good once, and what it is exchanged for. */
import { z } from 'zod';
import { CreatedApiKey } from './apiKey.ts';
import { Organization } from './organization.ts';

export const SignInOffer = z
  .object({ organization: Organization })
  .meta({ id: 'SignInOffer', description: 'What a sign-in code would open. Asking does not use it up.' });
export type SignInOffer = z.infer<typeof SignInOffer>;

export const SignedIn = z
  .object({ organization: Organization, api_key: CreatedApiKey })
  .meta({ id: 'SignedIn', description: 'What a sign-in code was exchanged for. The code is of no use any more.' });
export type SignedIn = z.infer<typeof SignedIn>;
