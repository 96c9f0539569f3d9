/** Attributes that belong to no family of AI work: who asked, from where, and the resource that sent the span. */
import type { Attributes } from '../span.ts';
import type { AttributeReader } from './attributeReader.ts';
import type { Facts } from './facts.ts';

/** What any span may say, whoever made it: user, session, environment, release. */
export function readGeneral(reader: AttributeReader, resource: Attributes): Facts {
  const ofResource = (name: string) => {
    const value = resource.get(name);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    user_id: reader.text('user.id', 'enduser.id', 'enduser.pseudo.id'),
    session_id: reader.text('session.id'),
    environment:
      reader.text('deployment.environment.name', 'deployment.environment') ??
      ofResource('deployment.environment.name') ??
      ofResource('deployment.environment'),
    release: reader.text('service.version') ?? ofResource('langfuse.release') ?? ofResource('service.version'),
  };
}
