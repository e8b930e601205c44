using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Launchpad.Local.Tests;

/// <summary>The OpenAI protocol as bots speak it.</summary>
public sealed class ModelTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private static readonly object[] Conversation =
    [
        new { role = "system", content = "You are a bot." },
        new { role = "user", content = "first" },
        new { role = "assistant", content = "You said: first" },
        new { role = "user", content = new object[] { new { type = "text", text = "Good morning, Launchpad!" } } },
    ];

    [Fact]
    public async Task The_last_message_decides_the_answer()
    {
        var answer = await CompleteAsync(new { model = "launchpad-mini", messages = Conversation });

        Assert.Equal("You said: Good morning, Launchpad!", (string)answer["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("stop", (string)answer["choices"]![0]!["finish_reason"]!);
        var usage = answer["usage"]!;
        Assert.Equal((int)usage["prompt_tokens"]! + (int)usage["completion_tokens"]!, (int)usage["total_tokens"]!);
        var again = await CompleteAsync(new { model = "launchpad-mini", messages = Conversation });
        Assert.Equal((string)answer["id"]!, (string)again["id"]!);
    }

    [Fact]
    public async Task A_limit_cuts_the_answer_and_says_so()
    {
        var answer = await CompleteAsync(new { model = "launchpad-mini", messages = Conversation, max_completion_tokens = 2 });

        Assert.Equal("length", (string)answer["choices"]![0]!["finish_reason"]!);
        Assert.Equal(2, (int)answer["usage"]!["completion_tokens"]!);
        Assert.Equal("You said", (string)answer["choices"]![0]!["message"]!["content"]!);
    }

    [Fact]
    public async Task A_stream_says_the_same_in_pieces()
    {
        var options = new { include_usage = true };
        var asked = new { model = "launchpad-mini", messages = Conversation, stream = true, stream_options = options };
        using var answer = await PostAsync(asked);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var events = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.All(events, one => Assert.StartsWith("data: ", one, StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events[..^1].Select(one => JsonNode.Parse(one["data: ".Length..])!).ToList();
        Assert.Equal("You said: Good morning, Launchpad!", string.Concat(chunks
            .Where(chunk => chunk["choices"]!.AsArray().Count == 1).Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("stop", (string)chunks[^2]["choices"]![0]!["finish_reason"]!);
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        var whole = await CompleteAsync(new { model = "launchpad-mini", messages = Conversation });
        Assert.Equal((int)whole["usage"]!["completion_tokens"]!, (int)chunks[^1]["usage"]!["completion_tokens"]!);
    }

    [Theory]
    [InlineData("wrong", """{"model":"launchpad-mini","messages":[{"role":"user","content":"x"}]}""", 401, "invalid_api_key")]
    [InlineData(null, """{"model":"other","messages":[{"role":"user","content":"x"}]}""", 404, "model_not_found")]
    [InlineData(null, """{"model":"launchpad-mini","messages":[]}""", 400, "invalid_type")]
    [InlineData(null, """{"model":"launchpad-mini","messages":["x"]}""", 400, "invalid_type")]
    [InlineData(null, "{", 400, null)]
    public async Task Refusals_are_those_of_the_protocol(string? key, string body, int status, string? code)
    {
        using var request = Request(new StringContent(body), key);
        using var answer = await cloud.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["error"]!["code"]);
    }

    [Fact]
    public async Task Machines_reach_it_through_a_socket_and_with_a_customers_key()
    {
        using var client = Sockets.Client(cloud.Context.Home.SocketPath("models.sock"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk-customer");

        var models = await client.GetFromJsonAsync<JsonNode>(new Uri("http://10.254.0.1:9000/v1/models"));
        Assert.Contains(models!["data"]!.AsArray(), model => (string)model!["id"]! == "launchpad-mini");
    }

    [Fact]
    public async Task The_log_counts_and_does_not_quote()
    {
        await CompleteAsync(new { model = "launchpad-large", messages = new[] { new { role = "user", content = "canary-7531" } } });

        var log = await File.ReadAllTextAsync(Path.Combine(cloud.Context.Home.Logs, "models.log"));
        Assert.Contains("launchpad-large", log, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-7531", log, StringComparison.Ordinal);
        Assert.DoesNotContain(cloud.Context.Vault.Value("platform-model-key")!, log, StringComparison.Ordinal);
    }

    private async Task<JsonNode> CompleteAsync(object body)
    {
        using var answer = await PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private async Task<HttpResponseMessage> PostAsync(object body)
    {
        using var request = Request(JsonContent.Create(body), null);
        return await cloud.Client.SendAsync(request);
    }

    private HttpRequestMessage Request(HttpContent content, string? key) =>
        new(HttpMethod.Post, TestCloud.Address(cloud.Ports.Models, "/v1/chat/completions"))
        {
            Content = content,
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key ?? cloud.Context.Vault.Value("platform-model-key")) },
        };
}
