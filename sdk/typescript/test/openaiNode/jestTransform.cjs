const { join } = require('node:path');
const { trackClients } = require('./trackClients.cjs');

const swc = require(require.resolve('@swc/jest', { paths: [process.env.OPENAI_NODE] }));
const inner = swc.createTransformer({ sourceMaps: 'inline' });

module.exports = {
  process: (source, path, options) => inner.process(trackClients(source), path, options),
  getCacheKey: (source, path, options) =>
    `${process.env.PROMPTLAB_MODE} ${join(path)} ${source.length} ${inner.getCacheKey?.(source, path, options) ?? ''}`,
};
