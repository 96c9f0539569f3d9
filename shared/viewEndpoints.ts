/** The rows of the endpoint table that are about saved views. */
import { z } from 'zod';
import { Deleted } from './apiKey.ts';
import type { Endpoint } from './endpoints.ts';
import { EXAMPLES } from './endpointExamples.ts';
import { SavedView, SaveViewInput, ViewId } from './view.ts';

export const viewEndpoints = {
  listViews: {
    method: 'get',
    path: '/api/v1/views',
    auth: 'read',
    tag: 'Saved views',
    summary: 'List the saved views of your organization, oldest first.',
    output: z.array(SavedView),
    status: 200,
  },
  createView: {
    method: 'post',
    path: '/api/v1/views',
    auth: 'manage',
    tag: 'Saved views',
    examples: EXAMPLES.createView,
    summary: 'Save what a list shows, under a name.',
    body: SaveViewInput,
    output: SavedView,
    status: 201,
  },
  saveView: {
    method: 'put',
    path: '/api/v1/views/:view_id',
    auth: 'manage',
    tag: 'Saved views',
    summary: 'Replace a saved view: its name, and what it shows.',
    params: z.object({ view_id: ViewId }),
    body: SaveViewInput,
    output: SavedView,
    status: 200,
  },
  deleteView: {
    method: 'delete',
    path: '/api/v1/views/:view_id',
    auth: 'manage',
    tag: 'Saved views',
    summary: 'Delete a saved view.',
    params: z.object({ view_id: ViewId }),
    output: Deleted,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
