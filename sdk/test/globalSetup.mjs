import { installMajors } from './majors/install.mjs';

export default function setUp() {
  installMajors();
}
