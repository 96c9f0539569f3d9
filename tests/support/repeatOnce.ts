/**
 * In CI a failed test is run once more, when its file is through: with browsers, databases and programs of their own beside each
 * other on two processors, one of thousands may wait for longer than it allows. Its error is printed, and `npm test` names
 * whatever passed only then, so that it is mended and not forgotten.
 */
if (process.env.CI === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
