using System.Text.Json;

namespace Launchpad.Local.Models;

/// <summary>An answer in the protocol's two forms: one object, or server-sent events ending in [DONE].</summary>
internal sealed record ChatReply(ChatAnswer Answer, string Model, long Created)
{
    private object Usage => new
    {
        prompt_tokens = Answer.PromptTokens,
        completion_tokens = Answer.CompletionTokens,
        total_tokens = Answer.PromptTokens + Answer.CompletionTokens,
        prompt_tokens_details = new { cached_tokens = 0, audio_tokens = 0 },
        completion_tokens_details = new { reasoning_tokens = 0, audio_tokens = 0 },
    };

    public IResult Whole() => Results.Json(new
    {
        id = Answer.Id,
        @object = "chat.completion",
        created = Created,
        model = Model,
        choices = new[]
        {
            new
            {
                index = 0,
                message = new { role = "assistant", content = Answer.Text, refusal = (string?)null },
                logprobs = (object?)null,
                finish_reason = Answer.FinishReason,
            },
        },
        usage = Usage,
        system_fingerprint = (string?)null,
    });

    public IResult Stream(bool withUsage) => Results.Stream(
        async body =>
        {
            await SendAsync(body, Chunk(new { role = "assistant", content = "" }, null));
            foreach (var piece in ChatAnswer.Pieces(Answer.Text))
            {
                await SendAsync(body, Chunk(new { content = piece }, null));
            }

            await SendAsync(body, Chunk(new { }, Answer.FinishReason));
            if (withUsage)
            {
                await SendAsync(body, new
                {
                    id = Answer.Id,
                    @object = "chat.completion.chunk",
                    created = Created,
                    model = Model,
                    choices = Array.Empty<object>(),
                    usage = Usage,
                });
            }

            await body.WriteAsync("data: [DONE]\n\n"u8.ToArray());
        },
        "text/event-stream; charset=utf-8");

    private object Chunk(object delta, string? finish) => new
    {
        id = Answer.Id,
        @object = "chat.completion.chunk",
        created = Created,
        model = Model,
        choices = new[] { new { index = 0, delta, logprobs = (object?)null, finish_reason = finish } },
    };

    private static async Task SendAsync(Stream body, object chunk)
    {
        await body.WriteAsync("data: "u8.ToArray());
        await JsonSerializer.SerializeAsync(body, chunk);
        await body.WriteAsync("\n\n"u8.ToArray());
        await body.FlushAsync();
    }
}
