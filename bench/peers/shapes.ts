/** How calls come. */
export const SHAPES = [
  { label: 'single logs, 32 connections', batchSize: 1, connections: 32 },
  { label: 'batches of 50, 4 connections', batchSize: 50, connections: 4 },
  { label: 'batches of 100, 8 connections', batchSize: 100, connections: 8 },
] as const;
