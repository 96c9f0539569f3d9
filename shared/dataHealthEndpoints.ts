/** The row of the endpoint table that is about data health. */
import { DataHealth } from './dataHealth.ts';
import type { Endpoint } from './endpoints.ts';

export const dataHealthEndpoints = {
  getDataHealth: {
    method: 'get',
    path: '/api/v1/data-health',
    auth: 'read',
    tag: 'Reading',
    summary:
      'What came in during the last seven days, hour by hour, and what of it was refused, dropped, cut, or says too little.',
    output: DataHealth,
    status: 200,
  },
} as const satisfies Record<string, Endpoint>;
