import type { Bed } from './bed.ts';

/** The key of one more organization, made as an administrator on this machine would. */
export async function makeSecondKey(bed: Bed): Promise<string> {
  const admin = `${bed.server.url}/api/v1/admin/organizations`;
  const create = async (url: string, name: string) => {
    const res = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    return (await res.json()) as { id: string; key?: string }; // As API.md says.
  };
  const { id } = await create(admin, 'Quiet');
  return (await create(`${admin}/${id}/api-keys`, 'Quiet key')).key ?? '';
}
