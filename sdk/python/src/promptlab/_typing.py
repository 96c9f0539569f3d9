"""Types of tracked clients, for type checkers only: never imported when a program runs.

They are made of the library's own dicts of parameters, so they follow whichever `openai` is installed. At run time the client is the one
that was given.
"""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional, Type, Union, overload

from openai import AsyncAzureOpenAI, AsyncOpenAI, AsyncStream, AzureOpenAI, OpenAI, Stream
from openai._types import Body, Headers, NotGiven, Query
from openai.lib.streaming.chat import AsyncChatCompletionStreamManager, ChatCompletionStreamManager
from openai.lib.streaming.responses import AsyncResponseStreamManager, ResponseStreamManager
from openai.resources import (
    AsyncCompletions as AsyncLegacyCompletions,
)
from openai.resources import (
    AsyncModerations,
    Moderations,
)
from openai.resources import (
    Completions as LegacyCompletions,
)
from openai.resources.chat import AsyncChat, Chat
from openai.resources.chat.completions import AsyncCompletions, Completions
from openai.resources.embeddings import AsyncEmbeddings, Embeddings
from openai.resources.responses import AsyncResponses, Responses
from openai.types import Completion, CreateEmbeddingResponse, ModerationCreateResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam, ParsedChatCompletion
from openai.types.chat.completion_create_params import (
    CompletionCreateParamsNonStreaming,
    CompletionCreateParamsStreaming,
)
from openai.types.completion_create_params import (
    CompletionCreateParamsNonStreaming as LegacyParamsNonStreaming,
)
from openai.types.completion_create_params import (
    CompletionCreateParamsStreaming as LegacyParamsStreaming,
)
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.moderation_create_params import ModerationCreateParams
from openai.types.responses import ParsedResponse, Response, ResponseStreamEvent
from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from typing_extensions import TypedDict, TypeVar, Unpack

_Format = TypeVar("_Format", default=Any)


class CallContext(TypedDict, total=False):
    """The extras of one call in their collision-free form."""

    slug: Optional[str]
    version: Union[str, int, None]
    variables: Optional[Mapping[str, Any]]
    trace_id: Optional[str]
    parent_id: Optional[str]
    name: Optional[str]
    tags: Optional[Mapping[str, str]]
    metadata: Optional[Mapping[str, Any]]
    user_id: Optional[str]
    session_id: Optional[str]
    log: bool


class CallExtras(TypedDict, total=False):
    """What a tracked call accepts next to the parameters of the provider."""

    prompt_slug: Optional[str]
    prompt_version: Union[str, int, None]
    trace_id: Optional[str]
    tags: Optional[Mapping[str, str]]
    promptlab: Optional[CallContext]


class _RequestOptions(TypedDict, total=False):
    extra_headers: Optional[Headers]
    extra_query: Optional[Query]
    extra_body: Optional[Body]
    timeout: Union[float, NotGiven, None, Any]


class _ChatWhole(CompletionCreateParamsNonStreaming, CallExtras, _RequestOptions):
    pass


class _ChatStream(CompletionCreateParamsStreaming, CallExtras, _RequestOptions):
    pass


class _ResponseWhole(ResponseCreateParamsNonStreaming, CallExtras, _RequestOptions):
    pass


class _ResponseStream(ResponseCreateParamsStreaming, CallExtras, _RequestOptions):
    pass


class _Embedding(EmbeddingCreateParams, CallExtras, _RequestOptions):
    pass


class _Moderation(ModerationCreateParams, CallExtras, _RequestOptions):
    pass


class _LegacyWhole(LegacyParamsNonStreaming, CallExtras, _RequestOptions):
    pass


class _LegacyStream(LegacyParamsStreaming, CallExtras, _RequestOptions):
    pass


class TrackedCompletions(Completions):
    @overload  # type: ignore[override]
    def create(self, **params: Unpack[_ChatWhole]) -> ChatCompletion: ...
    @overload
    def create(self, **params: Unpack[_ChatStream]) -> Stream[ChatCompletionChunk]: ...
    def create(self, **params: Any) -> Any: ...

    # The helpers put a type of their own in the place of a parameter, so that its others are not checked here.
    def parse(  # type: ignore[override,empty-body]
        self,
        *,
        messages: Iterable[ChatCompletionMessageParam],
        model: str,
        response_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> ParsedChatCompletion[_Format]: ...
    def stream(  # type: ignore[override,empty-body]
        self,
        *,
        messages: Iterable[ChatCompletionMessageParam],
        model: str,
        response_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> ChatCompletionStreamManager[_Format]: ...


class AsyncTrackedCompletions(AsyncCompletions):
    @overload  # type: ignore[override]
    async def create(self, **params: Unpack[_ChatWhole]) -> ChatCompletion: ...
    @overload
    async def create(self, **params: Unpack[_ChatStream]) -> AsyncStream[ChatCompletionChunk]: ...
    async def create(self, **params: Any) -> Any: ...

    # The helpers put a type of their own in the place of a parameter, so that its others are not checked here.
    async def parse(  # type: ignore[override,empty-body]
        self,
        *,
        messages: Iterable[ChatCompletionMessageParam],
        model: str,
        response_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> ParsedChatCompletion[_Format]: ...
    def stream(  # type: ignore[override,empty-body]
        self,
        *,
        messages: Iterable[ChatCompletionMessageParam],
        model: str,
        response_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> AsyncChatCompletionStreamManager[_Format]: ...


class TrackedResponses(Responses):
    @overload  # type: ignore[override]
    def create(self, **params: Unpack[_ResponseWhole]) -> Response: ...
    @overload
    def create(self, **params: Unpack[_ResponseStream]) -> Stream[ResponseStreamEvent]: ...
    def create(self, **params: Any) -> Any: ...

    def parse(  # type: ignore[override,empty-body]
        self,
        *,
        text_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> ParsedResponse[_Format]: ...
    def stream(  # type: ignore[override,empty-body]
        self,
        *,
        text_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> ResponseStreamManager[_Format]: ...


class AsyncTrackedResponses(AsyncResponses):
    @overload  # type: ignore[override]
    async def create(self, **params: Unpack[_ResponseWhole]) -> Response: ...
    @overload
    async def create(self, **params: Unpack[_ResponseStream]) -> AsyncStream[ResponseStreamEvent]: ...
    async def create(self, **params: Any) -> Any: ...

    async def parse(  # type: ignore[override,empty-body]
        self,
        *,
        text_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> ParsedResponse[_Format]: ...
    def stream(  # type: ignore[override,empty-body]
        self,
        *,
        text_format: Type[_Format] = ...,
        prompt_slug: Optional[str] = ...,
        prompt_version: Union[str, int, None] = ...,
        trace_id: Optional[str] = ...,
        tags: Optional[Mapping[str, str]] = ...,
        promptlab: Optional[CallContext] = ...,
        **params: Any,
    ) -> AsyncResponseStreamManager[_Format]: ...


class TrackedEmbeddings(Embeddings):
    def create(self, **params: Unpack[_Embedding]) -> CreateEmbeddingResponse: ...  # type: ignore[override,empty-body]


class AsyncTrackedEmbeddings(AsyncEmbeddings):
    async def create(self, **params: Unpack[_Embedding]) -> CreateEmbeddingResponse: ...  # type: ignore[override,empty-body]


class TrackedLegacyCompletions(LegacyCompletions):
    @overload  # type: ignore[override]
    def create(self, **params: Unpack[_LegacyWhole]) -> Completion: ...
    @overload
    def create(self, **params: Unpack[_LegacyStream]) -> Stream[Completion]: ...
    def create(self, **params: Any) -> Any: ...


class AsyncTrackedLegacyCompletions(AsyncLegacyCompletions):
    @overload  # type: ignore[override]
    async def create(self, **params: Unpack[_LegacyWhole]) -> Completion: ...
    @overload
    async def create(self, **params: Unpack[_LegacyStream]) -> AsyncStream[Completion]: ...
    async def create(self, **params: Any) -> Any: ...


class TrackedModerations(Moderations):
    def create(self, **params: Unpack[_Moderation]) -> ModerationCreateResponse: ...  # type: ignore[override,empty-body]


class AsyncTrackedModerations(AsyncModerations):
    async def create(self, **params: Unpack[_Moderation]) -> ModerationCreateResponse: ...  # type: ignore[override,empty-body]


class TrackedChat(Chat):
    @property
    def completions(self) -> TrackedCompletions: ...  # type: ignore[empty-body]


class AsyncTrackedChat(AsyncChat):
    @property
    def completions(self) -> AsyncTrackedCompletions: ...  # type: ignore[empty-body]


class _Tracked:
    @property
    def chat(self) -> TrackedChat: ...  # type: ignore[empty-body]
    @property
    def responses(self) -> TrackedResponses: ...  # type: ignore[empty-body]
    @property
    def embeddings(self) -> TrackedEmbeddings: ...  # type: ignore[empty-body]
    @property
    def completions(self) -> TrackedLegacyCompletions: ...  # type: ignore[empty-body]
    @property
    def moderations(self) -> TrackedModerations: ...  # type: ignore[empty-body]


class _AsyncTracked:
    @property
    def chat(self) -> AsyncTrackedChat: ...  # type: ignore[empty-body]
    @property
    def responses(self) -> AsyncTrackedResponses: ...  # type: ignore[empty-body]
    @property
    def embeddings(self) -> AsyncTrackedEmbeddings: ...  # type: ignore[empty-body]
    @property
    def completions(self) -> AsyncTrackedLegacyCompletions: ...  # type: ignore[empty-body]
    @property
    def moderations(self) -> AsyncTrackedModerations: ...  # type: ignore[empty-body]


class TrackedAzureOpenAI(_Tracked, AzureOpenAI):
    pass


class TrackedOpenAI(_Tracked, OpenAI):
    pass


class AsyncTrackedAzureOpenAI(_AsyncTracked, AsyncAzureOpenAI):
    pass


class AsyncTrackedOpenAI(_AsyncTracked, AsyncOpenAI):
    pass
