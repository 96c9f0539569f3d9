/** What the word means with which a provider says why its model stopped. */

/** Reasons that mean: the model stopped before it was done, in the words of all providers; so does whatever begins with `max_`. */
const EARLY_STOPS = new Set(
  (
    'length model_length model_context_window_exceeded context token_limit time_limit timeout limit ' +
    'content_filter content_filtered safety recitation blocklist prohibited_content spii language model_armor refusal sensitive ' +
    'guardrail_intervened error_toxic error_limit insufficient_system_resource abort aborted cancelled canceled user_cancel repetition ' +
    'malformed_function_call malformed_response malformed_model_output malformed_tool_use unexpected_tool_call ' +
    'too_many_tool_calls missing_thought_signature no_image image_safety image_prohibited_content image_recitation image_other'
  ).split(' '),
);

/** How a call ended by its finish reason; undefined where it says that the answer is whole, or says nothing. As the server reads it. */
export function endOfReason(reason: string): 'error' | 'incomplete' | undefined {
  // Gemini's compatible endpoint says `content_filter: SAFETY`, its library for Python `FinishReason.SAFETY`, the AI SDK `content-filter`.
  const word = /^(?:finishreason\.)?([a-z_-]*)/.exec(reason.toLowerCase())?.[1]?.replaceAll('-', '_') ?? '';
  // Zhipu: the model could not be reached.
  if (word === 'error' || word === 'network_error') return 'error';
  return word.startsWith('max_') || EARLY_STOPS.has(word) || reason === 'OTHER' ? 'incomplete' : undefined;
}
