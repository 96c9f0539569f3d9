import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.embeddings.EmbeddingCreateParams;

/** A chat, a stream, a failed call and an embedding by OpenAI's client for Java, which knows nothing of OpenTelemetry. */
public final class Weather {
  private static final String SYSTEM = "You answer in one sentence.";
  private static final String QUESTION = "What is the weather in Paris?";

  public static void main(String[] arguments) {
    OpenAIClient client = OpenAIOkHttpClient.builder().fromEnv().maxRetries(0).build();
    client.chat().completions().create(asked("gpt-4o-mini").temperature(0.2).maxCompletionTokens(100).build());
    ChatCompletionStreamOptions usage = ChatCompletionStreamOptions.builder().includeUsage(true).build();
    try (StreamResponse<ChatCompletionChunk> pieces =
        client.chat().completions().createStreaming(asked("gpt-4.1-mini").streamOptions(usage).build())) {
      pieces.stream().forEach(piece -> {});
    }
    try {
      client.chat().completions().create(asked("status-429").build());
    } catch (RuntimeException error) { // The agent has to see it.
      System.out.println(error.getClass().getSimpleName());
    }
    client.embeddings().create(EmbeddingCreateParams.builder().model("text-embedding-3-small").input(QUESTION).build());
    System.exit(0); // Threads of the client would hold the process up for a minute.
  }

  private static ChatCompletionCreateParams.Builder asked(String model) {
    return ChatCompletionCreateParams.builder().model(model).addSystemMessage(SYSTEM).addUserMessage(QUESTION);
  }
}
