using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Launchpad.Shared.Access;
using Launchpad.Shared.Accounts;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What a person's own assistant can do, by the protocol's official client.</summary>
[Collection(ApiCollection.Name)]
public sealed class AssistantTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task It_sees_its_owners_bots_and_why_something_failed_and_nothing_else()
    {
        using var bot = await RunningBot.OfAsync(api);
        using var other = await RunningBot.OfAsync(api);
        using var asked = await bot.Owner.Http.PostAsync(new Uri($"deployments/{bot.Id}/restart", UriKind.Relative), null, Ct);
        var accepted = await asked.Content.ReadAsStringAsync(Ct);
        var failure = await bot.FailedAsync(accepted);

        await using var assistant = await LetInAsync(bot);
        var tools = await assistant.ListToolsAsync(cancellationToken: Ct);
        Assert.Equal(
            ["apply_change", "explain_operation", "get_bot", "list_bots", "list_operations", "preview_change", "read_logs"],
            tools.Select(tool => tool.Name).Order());
        var listed = await CallAsync(assistant, "list_bots", new());
        Assert.Contains(bot.Id, listed, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Id, listed, StringComparison.Ordinal);
        Assert.Contains(
            failure.GetProperty("next").GetString()!,
            JsonElement.Parse(await CallAsync(assistant, "explain_operation", new() { ["operation"] = RunningBot.OperationOf(accepted) }))
                .GetProperty("failure").GetProperty("next").GetString(),
            StringComparison.Ordinal);
        foreach (var id in new[] { other.Id, "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense" })
        {
            Assert.EndsWith(
                "There is no bot of that id in this account. list_bots has them.",
                await CallAsync(assistant, "get_bot", new() { ["bot"] = id }, isError: true), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(RunningBot.Token, listed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_changes_nothing_without_its_owners_word_for_just_that()
    {
        using var bot = await RunningBot.OfAsync(api);
        await using var assistant = await LetInAsync(bot);
        var (preview, another) = (await PreviewedAsync(bot), await PreviewedAsync(bot));
        var word = await ConfirmAsync(bot, another);
        foreach (var confirmation in new[] { "", "yes", word, Bearer(bot) })
        {
            Assert.Contains(
                "not the owner's word",
                await CallAsync(assistant, "apply_change", Apply(bot, preview, confirmation), isError: true),
                StringComparison.Ordinal);
        }

        Assert.True((await bot.Owner.GetAsync($"deployments/{bot.Id}")).GetProperty("operation").ValueKind is JsonValueKind.Null);

        var begun = JsonElement.Parse(await CallAsync(assistant, "apply_change", Apply(bot, another, word)));
        Assert.Equal("update", (await bot.Owner.GetAsync($"operations/{begun.GetProperty("operation").GetString()}")).GetProperty("kind").GetString());
        Assert.Contains("not the owner's word", await CallAsync(assistant, "apply_change", Apply(bot, another, word), isError: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_token_opens_nothing_else()
    {
        using var bot = await RunningBot.OfAsync(api);
        var preview = await PreviewedAsync(bot);
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(bot));
        foreach (var path in new[] { "auth/me", "deployments", $"deployments/{bot.Id}", "auth/sessions", $"deployments/{bot.Id}/gateway-token" })
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        foreach (var path in new[] { $"operations/{preview}/confirm", $"deployments/{bot.Id}/restart", "auth/assistants" })
        {
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(new { }), Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        // Closed with the sessions, and out at once.
        var session = (await bot.Owner.GetAsync("auth/sessions")).GetProperty("sessions").EnumerateArray()
            .Single(one => one.GetProperty("kind").GetString() == "assistant");
        using var closed = await bot.Owner.Http.DeleteAsync(new Uri($"auth/sessions/{session.GetProperty("id").GetString()}", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NoContent, closed.StatusCode);
        using var refused = await http.PostAsync(new Uri("mcp", UriKind.Relative), JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "tools/list" }), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_program_that_asks_here_may_what_it_may_elsewhere_and_is_named()
    {
        using var bot = await RunningBot.OfAsync(api);
        await using (var reader = await WithTokenAsync(bot, Permission.Read))
        {
            Assert.Contains(bot.Id, await CallAsync(reader.Client, "list_bots", new()), StringComparison.Ordinal);
            foreach (var (tool, arguments) in await AskedAsync())
            {
                Assert.Contains("change", await CallAsync(reader.Client, tool, arguments, isError: true), StringComparison.Ordinal);
            }
        }

        await using var program = await WithTokenAsync(bot, Permission.Read, Permission.Change);
        Assert.Contains(
            "pay", await CallAsync(program.Client, "preview_change", new() { ["bot"] = bot.Id, ["plan"] = "plus" }, isError: true), StringComparison.Ordinal);
        var preview = await PreviewedAsync(bot);
        var begun = JsonElement.Parse(await CallAsync(program.Client, "apply_change", Apply(bot, preview, await ConfirmAsync(bot, preview))));
        var operation = (await api.Service<OperationStore>().FindAsync(bot.Account, begun.GetProperty("operation").GetString()!, Ct))!;
        Assert.Equal(program.Id, operation.By);

        async Task<IReadOnlyList<(string, Dictionary<string, object?>)>> AskedAsync()
        {
            var seen = await PreviewedAsync(bot);
            return [("preview_change", new() { ["bot"] = bot.Id, ["model"] = "other" }), ("apply_change", Apply(bot, seen, await ConfirmAsync(bot, seen)))];
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public async Task What_is_no_message_is_refused(string body)
    {
        using var owner = await api.SignedUpAsync();
        using var answer = await owner.Http.PostAsync(new Uri("mcp", UriKind.Relative), new StringContent(body), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static Dictionary<string, object?> Apply(RunningBot bot, string preview, string confirmation) =>
        new() { ["bot"] = bot.Id, ["preview"] = preview, ["confirmation"] = confirmation };

    private static string Bearer(RunningBot bot) => bot.Owner.Http.DefaultRequestHeaders.Authorization!.Parameter!;

    private static async Task<string> CallAsync(McpClient assistant, string tool, Dictionary<string, object?> arguments, bool isError = false)
    {
        var result = await assistant.CallToolAsync(tool, arguments, cancellationToken: Ct);
        var text = string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        Assert.True((result.IsError ?? false) == isError, text);
        return text;
    }

    private static async Task<string> ConfirmAsync(RunningBot bot, string preview)
    {
        using var answer = await bot.Owner.Http.PostAsync(new Uri($"operations/{preview}/confirm", UriKind.Relative), null, Ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("confirmation").GetString()!;
    }

    private static async Task<string> TokenAsync(RunningBot bot)
    {
        using var answer = await bot.Owner.Http.PostAsync(new Uri("auth/assistants", UriKind.Relative), JsonContent.Create(new { name = "My assistant" }), Ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("token").GetString()!;
    }

    private async Task<McpClient> LetInAsync(RunningBot bot) => await ConnectAsync(await TokenAsync(bot));

    private async Task<Program> WithTokenAsync(RunningBot bot, params Permission[] may)
    {
        var made = (await api.Service<ApiTokenStore>().AddAsync(
            bot.Account, bot.Account, "a program", may, deployment: null, TimeSpan.FromDays(1), Ct))!.Value;
        return new(await ConnectAsync(made.Token), made.Kept.Id);
    }

    private Task<McpClient> ConnectAsync(string token) => McpClient.CreateAsync(
        new HttpClientTransport(new()
        {
            Endpoint = new Uri(api.Address, "mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
        }),
        cancellationToken: Ct);

    /// <summary>A preview that went well, as the tables have one: there is no machine that could be asked.</summary>
    private async Task<string> PreviewedAsync(RunningBot bot)
    {
        var now = DateTimeOffset.UtcNow;
        var id = Launchpad.Shared.Ids.New(Launchpad.Shared.Ids.Operation, TimeProvider.System);
        var change = new ChangeRequest(new BotSettings("other-model", null, true), null, null, DataChoice.AsNow, "test");
        var preview = new ChangePreview(
            id, now + ChangePreview.Lifetime, 1, null, "hash", "image", new ConfigDiff([], Risk.Low, true), true, 9, true, []);
        await api.Service<OperationStore>().AddAsync(
            new(id, bot.Account, bot.Id, OperationKind.Preview, OperationStatus.Succeeded, bot.Account, now, now.AddHours(1), change.ToJson(), now,
                Result: preview.ToJson()),
            Ct);
        return id;
    }

    private sealed record Program(McpClient Client, string Id) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Client.DisposeAsync();
    }
}
