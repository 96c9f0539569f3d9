import { Paper, Text, Title } from '@mantine/core';
import { TextLink } from '../../components/TextLink.tsx';
import classes from './SettingsPage.module.css';

/** The way to the page that says what came in and what did not. */
export function DataHealthPanel() {
  return (
    <Paper radius="lg" className={classes.panel} component="section" aria-label="Data health">
      <div className={classes.head}>
        <Title order={2} fz={16}>
          Data health
        </Title>
        <Text fz="sm" c="dimmed">
          What came in during the last seven days, and what of it was dropped, refused, cut, or came without tokens or a
          price:{' '}
          <TextLink to="/settings/data-health" inherit underline="always">
            open data health
          </TextLink>
          .
        </Text>
      </div>
    </Paper>
  );
}
