import type { ReactElement } from 'react';
import type { ExportColumn } from '#shared/export';
import { LazyMenu } from '../../components/LazyMenu.tsx';
import type { WantedExport } from './startExport.tsx';

type ExportMenuProps = Omit<WantedExport, 'format' | 'filters' | 'columns'> & {
  /** Taken when the export begins. */
  filters: () => WantedExport['filters'];
  /** The columns of the table that is shown. */
  columns: readonly ExportColumn[];
  /** What is exported, such as "1,204 requests". */
  label: string;
  /** The button. */
  children: ReactElement<{ onClick?: () => void }>;
};

/** The formats of an export. */
export function ExportMenu({ filters, columns, label, children, ...wanted }: ExportMenuProps) {
  const start = (more: Pick<WantedExport, 'format' | 'columns'>) => async () => {
    const { startExport } = await import('./startExport.tsx');
    await startExport({ ...wanted, filters: filters(), ...more });
  };
  const entry = (text: string, more: Pick<WantedExport, 'format' | 'columns'>) => ({
    label: text,
    onClick: () => void start(more)(),
  });
  return (
    <LazyMenu
      position="bottom-end"
      width={280}
      label={`Export ${label}`}
      entries={[
        entry('CSV, the columns shown', { format: 'csv', columns }),
        entry('CSV, all columns without payloads', { format: 'csv' }),
        entry('JSONL, everything that was logged', { format: 'jsonl' }),
        entry('OpenAI fine-tuning, answered chats', { format: 'openai' }),
      ]}
    >
      {children}
    </LazyMenu>
  );
}
