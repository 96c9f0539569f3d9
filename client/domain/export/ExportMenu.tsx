import type { ReactNode } from 'react';
import { Menu } from '@mantine/core';
import type { ExportColumn } from '#shared/export';
import { startExport, type WantedExport } from './startExport.tsx';

type ExportMenuProps = Omit<WantedExport, 'format' | 'filters' | 'columns'> & {
  /** Taken when the export begins. */
  filters: () => WantedExport['filters'];
  /** The columns of the table that is shown. */
  columns: readonly ExportColumn[];
  /** What is exported, such as "1,204 requests". */
  label: string;
  /** The button. */
  children: ReactNode;
};

/** The formats of an export. */
export function ExportMenu({ filters, columns, label, children, ...wanted }: ExportMenuProps) {
  const start = (more: Pick<WantedExport, 'format' | 'columns'>) => () =>
    void startExport({ ...wanted, filters: filters(), ...more });
  return (
    <Menu position="bottom-end" shadow="md" width={280}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Export {label}</Menu.Label>
        <Menu.Item onClick={start({ format: 'csv', columns })}>CSV, the columns shown</Menu.Item>
        <Menu.Item onClick={start({ format: 'csv' })}>CSV, all columns without payloads</Menu.Item>
        <Menu.Item onClick={start({ format: 'jsonl' })}>JSONL, everything that was logged</Menu.Item>
        <Menu.Item onClick={start({ format: 'openai' })}>OpenAI fine-tuning, answered chats</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
