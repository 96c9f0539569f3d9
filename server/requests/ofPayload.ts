/**
 * The SQL condition that the payload `p` of a request `r` meets another. OFFSET keeps it a look-up by the primary key for
 * each row that is asked: without it Postgres may first make a table of the payloads of all organizations.
 */
export function ofPayload(condition: string): string {
  return `EXISTS (SELECT FROM request_payloads p WHERE p.org_id = r.org_id AND p.id = r.id AND (${condition}) OFFSET 0)`;
}
