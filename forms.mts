import { parseConversation } from '/work/wt/ui/shared/conversation/conversation.ts';
import { pairTools } from '/work/wt/ui/shared/conversation/pairTools.ts';
import { previewInput, previewOutput } from '/work/wt/ui/server/ingest/preview.ts';
const HI = [{ role: 'user', content: 'Hi' }];
type C = { n: string; m?: any; r?: any; rc?: string|null; see?: string[]; unseen?: string[]; kinds?: string; answer?: string; pi?: string|null; po?: string|null };
const u = (...c: any[]) => [{ role: 'user', content: c }];
const a = (...c: any[]) => ({ type: 'message', role: 'assistant', content: c });
const ch = (m: any, more: any = {}) => ({ choices: [{ index: 0, message: { role: 'assistant', ...m }, finish_reason: 'stop' }], ...more });
const resp = (...o: any[]) => ({ object: 'response', output: o });
const gem = (...parts: any[]) => ({ candidates: [{ content: { role: 'model', parts } }] });
const bed = (...content: any[]) => ({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn' });
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const C: C[] = [
 { n: 'anthropic redacted only', r: a({ type: 'redacted_thinking', data: 'Emw' }, { type: 'text', text: 'Ok' }), answer: 'reasoning,text', po: 'Ok' },
 { n: 'anthropic thinking empty w signature (omitted display)', r: a({ type: 'thinking', thinking: '', signature: 'EqQB' }, { type: 'text', text: 'Ok' }), answer: 'reasoning,text' },
 { n: 'anthropic server web search', r: a({ type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'cold' } }, { type: 'web_search_tool_result', tool_use_id: 's1', content: [{ type: 'web_search_result', url: 'https://w.test', title: 'Weather', encrypted_content: 'Eo', page_age: null }] }, { type: 'text', text: 'Cold', citations: [{ type: 'web_search_result_location', url: 'https://w.test', title: 'Weather', cited_text: 'It is -3' }] }), see: ['cold', 'Weather', 'It is -3'], answer: 'tool_call,tool_result,text,citations', po: 'Cold' },
 { n: 'anthropic web_fetch', r: a({ type: 'web_fetch_tool_result', tool_use_id: 's', content: { type: 'web_fetch_result', url: 'https://x.test', content: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Long words' }, title: 'T' } } }), see: ['Long words'], answer: 'tool_result' },
 { n: 'anthropic web search error', r: a({ type: 'web_search_tool_result', tool_use_id: 's', content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' } }), see: ['max_uses_exceeded', '"isError":true'] },
 { n: 'anthropic tool_result image', m: u({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'shot' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }] }), see: ['shot', 'image/png'], pi: 'shot' },
 { n: 'anthropic tool_result search_result', m: u({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'search_result', source: 'https://kb.test/a', title: 'KB', content: [{ type: 'text', text: 'Body words' }], citations: { enabled: true } }] }), see: ['KB', 'Body words', 'kb.test'], pi: 'Body words' },
 { n: 'anthropic search_result top', m: u({ type: 'search_result', source: 'https://kb.test/a', title: 'KB', content: [{ type: 'text', text: 'Body words' }] }, { type: 'text', text: 'Q?' }), see: ['KB', 'Body words'], pi: 'Q?' },
 { n: 'anthropic tool_result string JSON', m: u({ type: 'tool_result', tool_use_id: 't', content: '{"a":1}' }), see: ['{\\"a\\":1}'] },
 { n: 'anthropic mcp_tool_use', r: a({ type: 'mcp_tool_use', id: 'm', name: 'echo', server_name: 'srv', input: { p: 1 } }, { type: 'mcp_tool_result', tool_use_id: 'm', is_error: false, content: [{ type: 'text', text: 'hello' }] }), see: ['echo', 'srv', 'hello'], po: 'echo({"p":1})' },
 { n: 'responses mcp_call server_label', r: resp({ type: 'mcp_call', id: 'm', name: 'roll', server_label: 'dmcp', arguments: '{"d":"2d4"}', output: '4' }), see: ['roll', 'dmcp', '2d4'], po: 'roll({"d":"2d4"})' },
 { n: 'responses mcp_list_tools', r: resp({ type: 'mcp_list_tools', server_label: 'dmcp', tools: [{ name: 'roll' }] }), see: ['dmcp', 'roll'] },
 { n: 'responses mcp_approval', r: resp({ type: 'mcp_approval_request', name: 'roll', server_label: 'dmcp', arguments: '{"d":1}' }), see: ['roll', 'dmcp'] },
 { n: 'container_upload', m: u({ type: 'container_upload', file_id: 'file_1' }), see: ['file_1'] },
 { n: 'anthropic compaction', r: a({ type: 'compaction', content: 'Summary of talk' }, { type: 'text', text: 'Ok' }), see: ['Summary of talk'], po: 'Ok' },
 { n: 'anthropic tool_reference', m: u({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference', tool_name: 'get_x' }] }), see: ['get_x'] },
 { n: 'anthropic system blocks', m: { system: [{ type: 'text', text: 'Be', cache_control: { type: 'ephemeral' } }], messages: HI }, see: ['Be', 'Hi'], pi: 'Hi' },
 { n: 'anthropic char citations', r: a({ type: 'text', text: 'Green', citations: [{ type: 'char_location', cited_text: 'The grass', document_index: 0, document_title: 'Doc', start_char_index: 0, end_char_index: 5 }] }), see: ['The grass', 'Doc'], answer: 'text,citations' },
 // Gemini
 { n: 'gemini thought + fn', r: gem({ text: 'Think', thought: true }, { functionCall: { name: 'w', args: { c: 'Oslo' } }, thoughtSignature: 'x' }), answer: 'reasoning,tool_call', po: 'w({"c":"Oslo"})' },
 { n: 'gemini functionResponse', m: { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'w', response: { result: 'Minus' } } }] }] }, see: ['Minus'] },
 { n: 'gemini role function', m: { contents: [{ role: 'function', parts: [{ functionResponse: { name: 'w', response: { content: 'Minus' } } }] }] }, see: ['Minus'] },
 { n: 'gemini functionResponse w/ parts', m: { contents: [{ role: 'user', parts: [{ functionResponse: { name: 'w', response: { ok: true }, parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }] } }] }] }, see: ['ok', 'image/png'] },
 { n: 'gemini inlineData text w/ displayName', m: { contents: [{ parts: [{ inlineData: { mimeType: 'audio/mp3', data: 'SUQz', displayName: 'song.mp3' } }, { text: 'What?' }] }] }, see: ['audio/mp3', 'song.mp3'], pi: 'What?' },
 { n: 'gemini fileData', m: { contents: [{ parts: [{ fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/v.mp4' }, videoMetadata: { startOffset: '1s' } }] }] }, see: ['gs://b/v.mp4', 'video'] },
 { n: 'gemini code', r: gem({ executableCode: { language: 'PYTHON', code: 'print(1)' } }, { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }, { text: 'One' }), answer: 'tool_call,tool_result,text', po: 'One' },
 { n: 'gemini code snake failed', r: gem({ executable_code: { language: 'PYTHON', code: 'x' } }, { code_execution_result: { outcome: 'OUTCOME_FAILED', output: 'boom' } }), see: ['boom', '"isError":true'] },
 { n: 'gemini code ok numeric enum', r: gem({ codeExecutionResult: { outcome: 1, output: '1' } }), see: ['"isError":false'] },
 { n: 'gemini code result w/o outcome', r: gem({ codeExecutionResult: { output: '1' } }), see: ['"isError":false'] },
 { n: 'gemini blocked prompt', r: { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 3 } }, see: ['SAFETY'] },
 { n: 'gemini empty content', r: { candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] }, see: ['MAX_TOKENS'] },
 { n: 'gemini system_instruction string', m: { system_instruction: 'Be kind', contents: 'Hey' }, see: ['Be kind', 'Hey'], pi: 'Hey' },
 { n: 'gemini sys parts obj', m: { systemInstruction: { parts: { text: 'Be kind' } }, contents: [{ role: 'user', parts: { text: 'Hey' } }] }, see: ['Be kind', 'Hey'], pi: 'Hey' },
 { n: 'gemini contents of strings', m: { contents: ['one', 'two'] }, see: ['one', 'two'], pi: 'two' },
 { n: 'gemini contents parts w/o role (list of parts)', m: { contents: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: PNG } }] }, see: ['Look', 'image/png'], pi: 'Look' },
 { n: 'gemini config.systemInstruction', m: { model: 'g', contents: 'Hey', config: { systemInstruction: 'Be kind' } }, see: ['Be kind', 'Hey'], pi: 'Hey' },
 { n: 'gemini wrapped response', r: { response: { candidates: [{ content: { parts: [{ text: 'hello' }] } }] } }, see: ['hello'], answer: 'text', po: 'hello' },
 { n: 'gemini mediaresolution text part', m: { contents: [{ role: 'user', parts: [{ text: 'Hey', mediaResolution: { level: 'LOW' } }] }] }, see: ['Hey'], pi: 'Hey' },
 { n: 'gemini live toolCall', r: { serverContent: { modelTurn: { parts: [{ text: 'Yo' }] } } }, see: ['Yo'] },
 // Bedrock
 { n: 'bedrock toolUse', r: bed({ reasoningContent: { reasoningText: { text: 'Hm', signature: 's' } } }, { toolUse: { toolUseId: 't', name: 'w', input: { c: 1 } } }), answer: 'reasoning,tool_call', po: 'w({"c":1})' },
 { n: 'bedrock redactedContent', r: bed({ reasoningContent: { redactedContent: 'abcd' } }, { text: 'Ok' }), answer: 'reasoning,text', po: 'Ok' },
 { n: 'bedrock toolResult mixed', m: u({ toolResult: { toolUseId: 't', status: 'error', content: [{ json: { e: 'Bad' } }, { text: 'Words' }, { image: { format: 'png', source: { bytes: PNG } } }, { document: { format: 'pdf', name: 'Report', source: { bytes: 'JVBERi0=' } } }] } }), see: ['Bad', 'Words', 'image/png', 'Report', '"isError":true'] },
 { n: 'bedrock image s3', m: u({ image: { format: 'jpeg', source: { s3Location: { uri: 's3://b/k.jpg', bucketOwner: '1' } } } }), see: ['s3://b/k.jpg'] },
 { n: 'bedrock doc text source', m: u({ document: { format: 'txt', name: 'Notes', source: { text: 'Some notes' } } }), see: ['Notes', 'Some notes'] },
 { n: 'bedrock video', m: u({ video: { format: 'mp4', source: { bytes: 'AAAA' } } }), see: ['video/mp4'] },
 { n: 'bedrock only cachePoint', m: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }], kinds: 'text', pi: 'Hi' },
 { n: 'bedrock message only cachePoint', m: [{ role: 'user', content: [{ cachePoint: { type: 'default' } }] }], see: ['cachePoint'] },
 { n: 'bedrock system list', m: { system: [{ text: 'Be' }, { cachePoint: { type: 'default' } }], messages: [{ role: 'user', content: [{ text: 'Hey' }] }] }, see: ['Be', 'Hey'], pi: 'Hey' },
 { n: 'bedrock searchResult', m: u({ searchResult: { source: 'https://kb', title: 'KB', content: [{ text: 'Body words' }], citations: { enabled: true } } }, { text: 'Q' }), see: ['KB', 'Body words'], pi: 'Q' },
 { n: 'bedrock image bytes as Buffer json', m: u({ image: { format: 'png', source: { bytes: { type: 'Buffer', data: [137, 80, 78, 71] } } } }), see: ['image/png'] },
 { n: 'bedrock citations converse', r: bed({ citationsContent: { content: [{ text: 'So' }], citations: [{ title: 'Doc', sourceContent: [{ text: 'src words' }], location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } }] } }), see: ['So', 'Doc', 'src words'], po: 'So' },
 { n: 'nova invoke', r: { output: { message: { content: [{ text: 'Nova' }], role: 'assistant' } } }, po: 'Nova' },
 { n: 'mistral bedrock outputs', r: { outputs: [{ text: 'M', stop_reason: 'stop' }] }, see: ['M'], answer: 'text', po: 'M' },
 { n: 'ai21', r: { completions: [{ data: { text: 'J2' }, finishReason: { reason: 'endoftext' } }] }, see: ['J2'], po: 'J2' },
 { n: 'cohere generations', r: { id: 'x', generations: [{ id: 'g', text: 'Gen' }], prompt: 'p' }, answer: 'text', po: 'Gen' },
 { n: 'vertex palm predictions', r: { predictions: [{ content: 'Pal' }] }, see: ['Pal'], po: 'Pal' },
 // Cohere
 { n: 'cohere v2 tool_plan', r: { id: '1', finish_reason: 'TOOL_CALL', message: { role: 'assistant', tool_plan: 'I will look', tool_calls: [{ id: 'c', type: 'function', function: { name: 'w', arguments: '{"a":1}' } }] } }, answer: 'reasoning,tool_call', po: 'w({"a":1})' },
 { n: 'cohere v2 citations', r: { message: { role: 'assistant', content: [{ type: 'text', text: 'Emp' }], citations: [{ start: 0, end: 3, text: 'Emp', sources: [{ type: 'document', id: 'doc:0', document: { id: 'doc:0', title: 'Tall penguins', snippet: 'Emperor' } }] }] } }, see: ['Tall penguins', 'Emperor'], po: 'Emp' },
 { n: 'cohere v1', r: { text: 'Pengu', generation_id: 'g', chat_history: [], finish_reason: 'COMPLETE', citations: [{ start: 0, end: 5, text: 'Pengu', document_ids: ['doc_0'] }], documents: [{ id: 'doc_0', title: 'Tall', snippet: 'Emperor penguins' }] }, see: ['Pengu', 'Emperor penguins'], po: 'Pengu' },
 { n: 'cohere v1 tool_calls', r: { text: '', tool_calls: [{ name: 'w', parameters: { q: 'cold' } }], finish_reason: 'COMPLETE' }, see: ['cold'], answer: 'tool_call', po: 'w({"q":"cold"})' },
 { n: 'cohere v1 tool_results', m: { message: 'Q', chat_history: [{ role: 'USER', message: 'First' }, { role: 'CHATBOT', message: 'Hm', tool_calls: [{ name: 'w', parameters: { q: 'x' } }] }, { role: 'TOOL', tool_results: [{ call: { name: 'w', parameters: {} }, outputs: [{ ans: 'cold' }] }] }] }, see: ['First', '"x"', 'cold'], pi: 'Q' },
 { n: 'cohere preamble', m: { preamble: 'You are', message: 'Q' }, see: ['You are', 'Q'], pi: 'Q' },
 { n: 'cohere documents param', m: { messages: HI, documents: [{ id: 'd', data: { text: 'Doc words' } }] }, see: ['Hi', 'Doc words'], pi: 'Hi' },
 // Mistral
 { n: 'mistral thinking', r: ch({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Oslo' }], closed: true }, { type: 'text', text: 'Cold' }] }), answer: 'reasoning,text', po: 'Cold' },
 { n: 'mistral reference', r: ch({ content: [{ type: 'text', text: 'See' }, { type: 'reference', reference_ids: [1, 2] }] }), see: ['See', 'reference_ids'], po: 'See' },
 { n: 'mistral tool_reference', r: { outputs: [{ type: 'tool.execution', name: 'web_search', id: 't', arguments: '{"query":"x"}' }, { type: 'message.output', role: 'assistant', content: [{ type: 'text', text: 'Ans' }, { type: 'tool_reference', tool: 'web_search', title: 'Site', url: 'https://s.test', source: 'brave' }] }] }, see: ['web_search', 'Ans', 'Site', 's.test'], po: 'Ans' },
 { n: 'mistral function.call', r: { outputs: [{ type: 'function.call', tool_call_id: 'c1', name: 'w', arguments: '{"a":1}' }] }, answer: 'tool_call', po: 'w({"a":1})' },
 { n: 'mistral function.result', m: { inputs: [{ type: 'function.result', tool_call_id: 'c1', result: 'cold' }] }, see: ['cold'] },
 { n: 'mistral document_url', m: u({ type: 'document_url', document_url: 'https://x.test/a.pdf', document_name: 'a' }, { type: 'text', text: 'Q' }), see: ['x.test/a.pdf'], kinds: 'media,text', pi: 'Q' },
 { n: 'mistral image_url string', m: u({ type: 'image_url', image_url: 'https://x.test/a.png' }), kinds: 'media' },
 { n: 'mistral input_audio string', m: u({ type: 'input_audio', input_audio: 'SUQz' }), kinds: 'media' },
 { n: 'mistral tool args object', r: ch({ content: '', tool_calls: [{ id: 'x', function: { name: 'w', arguments: { a: 1 } } }] }), po: 'w({"a":1})' },
 // Ollama
 { n: 'ollama images', m: [{ role: 'user', content: 'What?', images: [PNG] }], see: ['image/png'], kinds: 'text,media' },
 { n: 'ollama generate', m: { prompt: 'Why?', system: 'Be', images: [PNG] }, see: ['Why?', 'Be', 'image/png'], pi: 'Why?' },
 { n: 'ollama thinking', r: { message: { role: 'assistant', content: '', thinking: 'Hm', tool_calls: [{ function: { name: 'w', arguments: { a: 1 } } }] } }, answer: 'reasoning,tool_call', po: 'w({"a":1})' },
 { n: 'ollama tool_name', m: [{ role: 'tool', tool_name: 'w', content: '11' }], see: ['11', '"w"'] },
 // LangChain
 { n: 'LC constructor', m: [{ lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'HumanMessage'], kwargs: { content: 'Hey', type: 'human' } }, { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'AIMessage'], kwargs: { content: '', type: 'ai', tool_calls: [{ name: 'w', args: { a: 1 }, id: 'c', type: 'tool_call' }] } }], kinds: 'text,tool_call', pi: 'Hey' },
 { n: 'LC constructor without kwargs.type', m: [{ lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'HumanMessage'], kwargs: { content: 'Hey', additional_kwargs: {}, response_metadata: {} } }, { lc: 1, type: 'constructor', id: ['langchain_core', 'messages', 'SystemMessage'], kwargs: { content: 'Be' } }], kinds: 'text,text', pi: 'Hey' },
 { n: 'LC dumps type data', m: [{ type: 'human', data: { content: 'Hey', additional_kwargs: {}, type: 'human', example: false } }], kinds: 'text', pi: 'Hey' },
 { n: 'LC batch [[...]]', m: [[{ role: 'user', content: 'Hey' }]], see: ['Hey'], kinds: 'text', pi: 'Hey' },
 { n: 'LC generations', r: { generations: [[{ text: 'Ans', message: { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'AIMessage'], kwargs: { content: 'Ans', type: 'ai' } } }]], llm_output: {} }, see: ['Ans'], po: 'Ans' },
 { n: 'LC ai response', r: { type: 'ai', content: 'Ans', tool_calls: [], additional_kwargs: {}, response_metadata: { model: 'x' } }, answer: 'text', po: 'Ans' },
 { n: 'LC AIMessage dumps', r: { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'AIMessage'], kwargs: { content: 'Ans', type: 'ai' } }, answer: 'text', po: 'Ans' },
 { n: 'LC AIMessageChunk', r: { type: 'AIMessageChunk', content: 'Ans' }, answer: 'text', po: 'Ans' },
 { n: 'LC content block v1 reasoning', r: { type: 'ai', content: [{ type: 'reasoning', reasoning: 'Hm' }, { type: 'text', text: 'Ans' }] }, answer: 'reasoning,text', po: 'Ans' },
 { n: 'LC non_standard', r: { type: 'ai', content: [{ type: 'non_standard', value: { x: 'Odd' } }] }, see: ['Odd'] },
 { n: 'LC text-plain', m: u({ type: 'text-plain', text: 'Doc words', mime_type: 'text/plain' }), see: ['Doc words'] },
 { n: 'LC server_tool_call', r: { type: 'ai', content: [{ type: 'server_tool_call', id: 's', name: 'web_search', args: { q: 'x' } }, { type: 'server_tool_result', tool_call_id: 's', status: 'success', output: 'found' }] }, see: ['web_search', 'found'], po: 'web_search({"q":"x"})' },
 { n: 'LC invalid_tool_calls', r: { type: 'ai', content: '', invalid_tool_calls: [{ name: 'w', args: '{"a":', id: 'c', error: 'bad json' }] }, see: ['bad json'] },
 { n: 'LC image source_type', m: u({ type: 'image', source_type: 'base64', data: PNG, mime_type: 'image/png' }), kinds: 'media', see: ['image/png'] },
 { n: 'LC additional_kwargs tool_calls', r: { type: 'ai', content: '', additional_kwargs: { tool_calls: [{ id: 'c', type: 'function', function: { name: 'w', arguments: '{"a":1}' } }] } }, see: ['w', '\\"a\\":1'], po: 'w({"a":1})' },
 { n: 'LC remove/ tool artifact', m: [{ type: 'tool', content: 'cold', tool_call_id: 'c', name: 'w', artifact: { rows: ['artifact words'] }, status: 'error' }], see: ['cold', '"w"'] },
 // LlamaIndex
 { n: 'LI blocks', m: [{ role: 'user', additional_kwargs: {}, blocks: [{ block_type: 'text', text: 'Hey' }] }], kinds: 'text', pi: 'Hey' },
 { n: 'LI image block', m: [{ role: 'user', blocks: [{ block_type: 'image', image: PNG, image_mimetype: 'image/png' }] }], kinds: 'media', see: ['image/png'] },
 { n: 'LI image block w null fields', m: [{ role: 'user', blocks: [{ block_type: 'image', image: PNG, path: null, url: null, image_mimetype: 'image/png', detail: null }] }], kinds: 'media', see: ['image/png'] },
 { n: 'LI document block', m: [{ role: 'user', blocks: [{ block_type: 'document', data: 'JVBERi0=', title: 'input_doc', document_mimetype: 'application/pdf' }] }], see: ['input_doc', 'application/pdf'] },
 { n: 'LI thinking block', r: { message: { role: 'assistant', blocks: [{ block_type: 'thinking', content: 'Hm', num_tokens: 3 }, { block_type: 'text', text: 'Ans' }] }, raw: {} }, answer: 'reasoning,text', po: 'Ans' },
 { n: 'LI tool_call block', r: { message: { role: 'assistant', blocks: [{ block_type: 'tool_call', tool_call_id: 'c', tool_name: 'w', tool_kwargs: { a: 1 } }] } }, answer: 'tool_call', po: 'w({"a":1})' },
 { n: 'LI additional tool_calls', r: { message: { role: 'assistant', content: null, additional_kwargs: { tool_calls: [{ id: 'c', type: 'function', function: { name: 'w', arguments: '{"a":1}' } }] } } }, po: 'w({"a":1})' },
 // AI SDK UI
 { n: 'UI text part', m: [{ id: 'm', role: 'user', parts: [{ type: 'text', text: 'Hey', state: 'done' }] }], kinds: 'text', pi: 'Hey' },
 { n: 'UI tool v5', m: [{ role: 'assistant', parts: [{ type: 'step-start' }, { type: 'reasoning', text: 'Hm', state: 'done' }, { type: 'tool-getWeather', toolCallId: 'c', state: 'output-available', input: { c: 'Oslo' }, output: { t: 'minus' } }, { type: 'text', text: 'Cold', state: 'done' }] }], kinds: 'reasoning,tool_call,tool_result,text', see: ['getWeather', 'Oslo', 'minus'] },
 { n: 'UI tool error', m: [{ role: 'assistant', parts: [{ type: 'tool-w', toolCallId: 'c', state: 'output-error', input: {}, errorText: 'It failed' }] }], see: ['It failed', '"isError":true'] },
 { n: 'UI dynamic-tool', m: [{ role: 'assistant', parts: [{ type: 'dynamic-tool', toolName: 'w', toolCallId: 'c', state: 'input-available', input: { a: 1 } }] }], kinds: 'tool_call' },
 { n: 'UI tool-invocation v4', m: [{ role: 'assistant', content: '', parts: [{ type: 'tool-invocation', toolInvocation: { state: 'result', toolCallId: 'c', toolName: 'w', args: { a: 1 }, result: 'cold' } }] }], kinds: 'tool_call,tool_result' },
 { n: 'UI reasoning v4', m: [{ role: 'assistant', content: '', parts: [{ type: 'reasoning', reasoning: 'Hm', details: [{ type: 'text', text: 'Hm' }] }] }], kinds: 'reasoning' },
 { n: 'UI file', m: [{ role: 'user', parts: [{ type: 'file', mediaType: 'image/png', filename: 'a.png', url: 'data:image/png;base64,' + PNG }] }], kinds: 'media', see: ['a.png', '"media":"image"'] },
 { n: 'UI source-url', m: [{ role: 'assistant', parts: [{ type: 'source-url', sourceId: 's', url: 'https://s.test', title: 'S' }, { type: 'text', text: 'x' }] }], kinds: 'citations,text' },
 { n: 'UI data-part', m: [{ role: 'assistant', parts: [{ type: 'data-weather', id: '1', data: { city: 'Oslo' } }] }], see: ['Oslo'] },
 { n: 'AI SDK output content', m: [{ role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'w', output: { type: 'content', value: [{ type: 'text', text: 'cold' }, { type: 'media', data: PNG, mediaType: 'image/png' }] } }] }], see: ['cold', 'image/png'] },
 { n: 'AI SDK execution-denied', m: [{ role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'w', output: { type: 'execution-denied', reason: 'User said no' } }] }], see: ['User said no'] },
 { n: 'AI SDK generateText result', r: { text: 'Ans', toolCalls: [{ type: 'tool-call', toolCallId: 'c', toolName: 'w', input: { a: 1 } }], finishReason: 'tool-calls', usage: {} }, see: ['Ans', 'w'], po: 'Ans' },
 { n: 'AI SDK generateText content', r: { content: [{ type: 'reasoning', text: 'Hm' }, { type: 'tool-call', toolCallId: 'c', toolName: 'w', input: '{"a":1}' }], finishReason: 'tool-calls' }, answer: 'reasoning,tool_call', po: 'w({"a":1})' },
 { n: 'AI SDK generateObject', r: { object: { name: 'Joe' }, finishReason: 'stop' }, see: ['Joe'] },
 { n: 'AI SDK image Uint8Array as object', m: u({ type: 'image', image: { 0: 137, 1: 80 }, mediaType: 'image/png' }), see: ['image/png'] },
 { n: 'AI SDK tool-approval', m: [{ role: 'assistant', content: [{ type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c' }] }], see: ['a'] },
 { n: 'AI SDK prompt stringified content parts', m: [{ role: 'user', content: [{ type: 'text', text: 'Hey', providerOptions: { x: 1 } }] }], kinds: 'text', pi: 'Hey' },
 // Responses items
 { n: 'resp reasoning empty', r: resp({ type: 'reasoning', id: 'r', summary: [] }, { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x', annotations: [] }] }), answer: 'reasoning,text', po: 'x' },
 { n: 'resp local_shell', r: resp({ type: 'local_shell_call', call_id: 'c', action: { type: 'exec', command: ['ls', '-l'] } }), answer: 'tool_call', po: 'local_shell({"type":"exec","command":["ls","-l"]})' },
 { n: 'resp shell_call', r: resp({ type: 'shell_call', call_id: 'c', action: { commands: ['ls'] } }, { type: 'shell_call_output', call_id: 'c', output: [{ stdout: 'a.txt', stderr: '', outcome: { type: 'exit', exit_code: 0 } }] }), see: ['ls', 'a.txt'] },
 { n: 'resp code_interpreter', r: resp({ type: 'code_interpreter_call', id: 'c', code: 'print(1)', outputs: [{ type: 'logs', logs: 'one' }, { type: 'image', url: 'https://x/i.png' }] }), see: ['print(1)', 'one', 'x/i.png'] },
 { n: 'resp item_reference', m: [{ type: 'item_reference', id: 'msg_1' }], see: ['msg_1'] },
 { n: 'resp file_citation', r: resp({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x', annotations: [{ type: 'file_citation', index: 1, file_id: 'f1', filename: 'pol.pdf' }, { type: 'file_path', file_id: 'f2', index: 2 }] }] }), see: ['pol.pdf', 'f2'] },
 { n: 'resp function_call_output list', m: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'cold' }, { type: 'input_image', image_url: 'data:image/png;base64,' + PNG }] }], see: ['cold', 'image/png'] },
 { n: 'resp output string top', r: { output_text: 'Hey', output: [] }, answer: 'text', po: 'Hey' },
 { n: 'resp input_file', m: u({ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' }), see: ['a.pdf', 'application/pdf'] },
 { n: 'resp prompt template', m: { prompt: { id: 'pmpt_1', version: '2', variables: { city: 'Oslo' } } }, see: ['pmpt_1', 'Oslo'] },
 { n: 'resp prompt+input', m: { input: 'Hey', prompt: { id: 'pmpt_1', variables: { city: 'Oslo' } } }, see: ['Hey', 'pmpt_1', 'Oslo'], pi: 'Hey' },
 { n: 'resp compaction item', r: resp({ type: 'compaction', encrypted_content: 'gAAA' }), see: ['compaction'] },
 { n: 'resp refusal part', r: resp({ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }), answer: 'refusal', po: 'No.' },
 { n: 'resp web_search_call nothing', r: resp({ type: 'web_search_call', id: 'w', status: 'completed' }), answer: 'tool_call', po: 'web_search()' },
 { n: 'resp computer_call actions', r: resp({ type: 'computer_call', call_id: 'c', actions: [{ type: 'click', x: 1 }] }), see: ['click'] },
 // Chat
 { n: 'chat developer', m: [{ role: 'developer', content: 'Dev' }, ...HI], see: ['Dev'], pi: 'Hi' },
 { n: 'chat tool list content', m: [{ role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'cold' }] }], see: ['cold'] },
 { n: 'chat refusal', r: ch({ content: null, refusal: 'No.' }), answer: 'refusal', po: 'No.' },
 { n: 'chat audio', r: ch({ content: null, audio: { id: 'a', data: 'UklGRg==', transcript: 'Said', expires_at: 1 } }), see: ['Said'], po: 'Said' },
 { n: 'chat custom', r: ch({ content: null, tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'sql', input: 'select' } }] }), po: 'sql(select)' },
 { n: 'chat file', m: u({ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } }), see: ['a.pdf', 'application/pdf'] },
 { n: 'chat file_id', m: u({ type: 'file', file: { file_id: 'file-1' } }), see: ['file-1'] },
 { n: 'chat ws only', r: ch({ content: ' \n ' }), po: null },
 { n: 'chat null both', r: ch({ content: null }), po: null },
 { n: 'openrouter images', r: ch({ content: 'x', images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' + PNG } }] }), see: ['image/png'] },
 { n: 'openrouter reasoning_details', r: ch({ content: 'x', reasoning_details: [{ type: 'reasoning.summary', summary: 'Sum' }, { type: 'reasoning.encrypted', data: 'enc' }] }), see: ['Sum'], po: 'x' },
 { n: 'deepseek prefix', r: ch({ content: '', reasoning_content: 'Only thought' }), answer: 'reasoning', po: null },
 { n: 'azure content_filter results', r: { choices: [{ index: 0, finish_reason: 'content_filter', message: { role: 'assistant' }, content_filter_results: { hate: { filtered: true, severity: 'high' } } }] }, see: ['hate'] },
 { n: 'gateway text choice stream', r: { choices: [{ index: 0, text: 'Legacy', finish_reason: 'stop' }] }, po: 'Legacy' },
 { n: 'openai legacy prompt list', m: ['p1', 'p2'], pi: 'p2' },
 { n: 'perplexity citations strings', r: ch({ content: 'x[1]' }, { citations: ['https://p.test'] }), see: ['p.test'] },
 { n: 'xai citations', r: ch({ content: 'x' }, { citations: ['https://x.test/1'] }), see: ['x.test/1'] },
 { n: 'groq reasoning', r: ch({ content: 'x', reasoning: 'Hm' }), answer: 'reasoning,text' },
 { n: 'vllm reasoning array?', r: ch({ content: 'x', reasoning: { content: 'Hm thought' } }), see: ['Hm thought'] },
 { n: 'transcription', r: { text: 'Spoken', segments: [{ id: 0, text: 'Spoken', start: 0 }], language: 'en' }, answer: 'text', po: 'Spoken' },
 { n: 'moderation', r: { id: 'm', model: 'omni', results: [{ flagged: true, categories: { hate: true } }] }, see: ['flagged'] },
 { n: 'rerank', r: { results: [{ index: 2, relevance_score: 0.98, document: { text: 'Doc' } }] }, see: ['Doc'] },
 { n: 'speech', m: { input: 'Say this', voice: 'alloy' }, see: ['Say this'], pi: 'Say this' },
 { n: 'image edit', m: { prompt: 'Make it red', image: 'data:image/png;base64,' + PNG }, see: ['Make it red', 'image/png'], pi: 'Make it red' },
 { n: 'dspy-like signature', m: { question: 'Why?', context: ['One'] }, see: ['Why?', 'One'] },
 { n: 'string msg in content obj', m: [{ role: 'user', content: { type: 'text', text: 'Hey' } }], kinds: 'text', pi: 'Hey' },
 { n: 'content {parts}', m: [{ role: 'user', content: { content_type: 'text', parts: ['Hey'] } }], see: ['Hey'], pi: 'Hey' },
 { n: 'content number', m: [{ role: 'user', content: 42 }], see: ['42'] },
 { n: 'content bool false', m: [{ role: 'tool', content: false }], see: ['false'] },
 { n: 'content empty list + tool', m: [{ role: 'assistant', content: [], tool_calls: [{ id: 'c', type: 'function', function: { name: 'w', arguments: '' } }] }], kinds: 'tool_call' },
 { n: 'content empty obj', m: [{ role: 'user', content: {} }], see: ['{}'] },
 { n: 'unknown type', m: u({ type: 'hologram', shape: 'cube' }), see: ['cube'] },
 { n: 'unknown type with text', m: u({ type: 'hologram', text: 'Cube words', size: 3 }), see: ['Cube words', '3'] },
 { n: 'Text part w extra', m: u({ type: 'text', text: 'Cube words', size: 3 }), see: ['Cube words'] , pi: 'Cube words'},
 { n: 'value/parts pydantic-ai request', m: [{ kind: 'request', parts: [{ part_kind: 'system-prompt', content: 'Be' }, { part_kind: 'user-prompt', content: 'Hey', timestamp: 't' }] }, { kind: 'response', parts: [{ part_kind: 'text', content: 'Yo' }, { part_kind: 'tool-call', tool_name: 'w', args: { a: 1 }, tool_call_id: 'c' }] }], see: ['Be', 'Hey', 'Yo', 'w'], pi: 'Hey' },
 { n: 'haystack', m: [{ role: 'user', meta: {}, name: null, content: [{ text: 'Hey' }] }, { role: 'assistant', content: [{ tool_call: { tool_name: 'w', arguments: { a: 1 }, id: 'c' } }] }, { role: 'tool', content: [{ tool_call_result: { result: 'cold', origin: { tool_name: 'w', arguments: {}, id: 'c' }, error: false } }] }], see: ['Hey', 'w', 'cold'], kinds: 'text,tool_call,tool_result', pi: 'Hey' },
 { n: 'haystack old _content', m: [{ _role: 'user', _content: [{ text: 'Hey' }], _name: null, _meta: {} }], see: ['Hey'], pi: 'Hey' },
 { n: 'semantic kernel', m: [{ role: 'user', items: [{ content_type: 'text', text: 'Hey' }] }], see: ['Hey'], pi: 'Hey' },
 { n: 'SK .NET', m: [{ Role: { Label: 'user' }, Items: [{ $type: 'TextContent', Text: 'Hey' }] }], see: ['Hey'] },
 { n: 'MS.Ext.AI', m: [{ role: 'user', contents: [{ $type: 'text', text: 'Hey' }] }, { role: 'assistant', contents: [{ $type: 'functionCall', callId: 'c', name: 'w', arguments: { a: 1 } }] }], see: ['Hey', 'w'], pi: 'Hey' },
 { n: 'spring ai', m: [{ messageType: 'USER', text: 'Hey', metadata: {}, media: [] }], see: ['Hey'], pi: 'Hey' },
 { n: 'langchain4j', m: [{ type: 'USER', contents: [{ type: 'TEXT', text: 'Hey' }] }, { type: 'AI', text: 'Yo', toolExecutionRequests: [{ id: 'c', name: 'w', arguments: '{}' }] }], see: ['Hey', 'Yo', 'w'], pi: 'Hey' },
 { n: 'autogen', m: [{ source: 'user', type: 'TextMessage', content: 'Hey', models_usage: null, metadata: {} }, { source: 'bot', type: 'ToolCallRequestEvent', content: [{ id: 'c', name: 'w', arguments: '{}' }] }], see: ['Hey', 'w'] },
 { n: 'claude agent sdk msg', m: [{ type: 'user', message: { role: 'user', content: 'Hey' }, session_id: 's' }, { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: 'Yo' }] } }], see: ['Hey', 'Yo'], kinds: 'text,text', pi: 'Hey' },
 { n: 'otel gen_ai reasoning + blob + uri', m: [{ role: 'user', parts: [{ type: 'reasoning', content: 'Hm' }, { type: 'blob', modality: 'image', mime_type: 'image/png', content: PNG }, { type: 'uri', modality: 'image', uri: 'https://x/i.png' }, { type: 'file', modality: 'image', file_id: 'f1' }] }], kinds: 'reasoning,media,media,media' },
 { n: 'otel server_tool_call', m: [{ role: 'assistant', parts: [{ type: 'server_tool_call', id: 's', name: 'code', server_tool_call: { type: 'code_interpreter', code: 'print(1)' } }, { type: 'server_tool_call_response', id: 's', server_tool_call_response: { type: 'x', output: 'one' } }] }], see: ['print(1)', 'one'] },
];
let bad = 0;
for (const c of C) {
  const m = c.m ?? HI, r = c.r ?? null;
  const probs: string[] = [];
  let conv: any;
  try {
    conv = parseConversation({ messages: m, response: r, response_content: c.rc ?? null });
    const shown = JSON.stringify(conv).replaceAll(PNG, '<PNG>');
    for (const s of c.see ?? []) if (!shown.includes(s)) probs.push(`not seen ${s}`);
    const k = (l: any[]) => l.flatMap((x) => x.parts).map((p: any) => p.kind).join(',');
    if (c.kinds !== undefined && k(conv.sent) !== c.kinds) probs.push(`kinds ${k(conv.sent)}`);
    if (c.answer !== undefined && k(conv.answer) !== c.answer) probs.push(`answer ${k(conv.answer)}`);
    for (const x of [...conv.sent, ...conv.answer]) if (x.parts.length === 0 && !/ws only|null both/.test(c.n)) probs.push('Empty message');
    const pi = previewInput(m), po = previewOutput(c.rc ?? null, r);
    if (c.pi !== undefined && pi !== c.pi) probs.push(`pi ${JSON.stringify(pi)}`);
    if (c.po !== undefined && po !== c.po) probs.push(`po ${JSON.stringify(po)}`);
  } catch (e) { probs.push('threw ' + e); }
  if (probs.length) { bad++; console.log(`FAIL ${c.n}: ${probs.join('; ')}\n     ${JSON.stringify(conv).replaceAll(PNG, '<PNG>').slice(0, 700)}`); }
}
console.log(C.length, 'tries', bad, 'bad');
