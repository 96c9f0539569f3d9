import '@mantine/notifications/styles.layer.css';
import { Notifications } from '@mantine/notifications';

/** Short notices, at the side where they cover no open request. */
export default function Notices() {
  return <Notifications position="bottom-left" autoClose={6_000} />;
}
