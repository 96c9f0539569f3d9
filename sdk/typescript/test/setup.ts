/** Real sockets and, on a busy machine, slow ones: a test that waits for the right reason is not ended for the wrong one. */
jest.setTimeout(20_000);
