import { RouterProvider } from '@tanstack/react-router';
import { ApiProvider } from './ApiProvider.tsx';
import { router } from './router.tsx';

/** The dashboard as the holder of one key. */
export default function SignedInApp({ apiKey }: { apiKey: string }) {
  return (
    <ApiProvider apiKey={apiKey}>
      <RouterProvider router={router} />
    </ApiProvider>
  );
}
