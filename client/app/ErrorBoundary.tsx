import { Component, type ReactNode } from 'react';
import { ErrorScreen } from './ErrorScreen.tsx';

type Broken = { error: unknown };

/** Says that a part of the page did not arrive, or broke, where React would leave an empty window. */
export class ErrorBoundary extends Component<{ children: ReactNode }, Broken> {
  override state: Broken = { error: null };

  static getDerivedStateFromError(error: unknown): Broken {
    return { error: error ?? new Error('Unknown') };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <BrokenScreen error={this.state.error} />;
  }
}

/** A missing part of the page means an update or a server that went away; only loading the page anew helps. */
export function BrokenScreen({ error }: { error: unknown }) {
  const isPartMissing =
    error instanceof Error && /dynamically imported module|preload|importing a module/i.test(error.message);
  return (
    <ErrorScreen
      title={isPartMissing ? 'A part of this page could not be loaded' : 'This page broke'}
      message={
        isPartMissing
          ? 'PromptLab may have been updated or stopped since the page was opened.'
          : error instanceof Error
            ? error.message
            : 'Something went wrong.'
      }
      onRetry={() => location.reload()}
    />
  );
}
