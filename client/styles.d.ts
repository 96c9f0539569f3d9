/** Made by `mantineStyles.ts`. */
declare module 'virtual:mantine-styles.js';
