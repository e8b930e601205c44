using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Orchestrations;
using Launchpad.Orchestrations.Activities;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class RecordTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task An_order_is_the_first_row_and_says_who_and_what_but_nothing_that_was_typed()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var page = await owner.GetAsync($"deployments/{id}/record");

        var rows = page.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["action", "status"], rows.Select(row => row.GetProperty("kind").GetString()));
        Assert.Equal(owner.Account, rows[0].GetProperty("actor").GetString());
        Assert.Equal("""{"action":"order","plan":"starter"}""", rows[0].GetProperty("data").GetRawText());
        Assert.Equal(1, page.GetProperty("head").GetProperty("sequence").GetInt32());
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
        Assert.DoesNotContain("canary", page.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            (0, $"2 rows, chain whole, head {page.GetProperty("head").GetProperty("hash").GetString()}"),
            await VerifyRecord.RunAsync(page.GetRawText()));
    }

    /// <summary>A saga of the product runs on the engine: its steps carry the hash of what their activity was given.</summary>
    [Fact]
    public async Task Every_step_of_an_operation_is_in_the_record_with_the_hash_of_its_input()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await RunAsync(owner, id);
        using var asked = await owner.Http.PostAsJsonAsync(
            new Uri($"deployments/{id}/test-message", UriKind.Relative), new { text = "Hello?" });
        asked.EnsureSuccessStatusCode();
        var operation = asked.Headers.Location!.ToString().Split('/')[^1];
        while ((await owner.GetAsync($"operations/{operation}")).GetProperty("status").GetString() is not "failed")
        {
            await Task.Delay(50);
        }

        var page = await owner.GetAsync($"deployments/{id}/record");
        var told = page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("data")).ToList();
        var steps = told.Where(row => row.TryGetProperty("inputHash", out _)).ToList();
        Assert.Equal(["started", "failed"], steps.Select(step => step.GetProperty("outcome").GetString()));
        Assert.Equal("vm-gone", steps[1].GetProperty("code").GetString());
        await Words_stand_beside_the_chain_and_can_go_without_it(owner, id, page);
        var deadline = (await api.Service<OperationStore>().FindAsync(owner.Account, operation, Ct))!.Deadline.UtcDateTime;
        var given = new Look<BotInput>(new(operation, owner.Account, id, Tier.Shared, "vm_none", 1, deadline));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            JsonSerializer.SerializeToUtf8Bytes(given, JsonSerializerOptions.Web)));
        Assert.All(steps, step => Assert.Equal(hash, step.GetProperty("inputHash").GetString()));
    }

    private async Task Words_stand_beside_the_chain_and_can_go_without_it(Owner owner, string id, JsonElement page)
    {
        var failed = Assert.Single(page.GetProperty("rows").EnumerateArray(), row => row.TryGetProperty("words", out _));
        var words = failed.GetProperty("words").GetString()!;
        Assert.Contains("machine", words, StringComparison.Ordinal);
        Assert.Equal(RecordRow.Sha256(words), failed.GetProperty("data").GetProperty("wordsHash").GetString());
        Assert.Equal(0, (await VerifyRecord.RunAsync(page.GetRawText())).Code);
        var (code, said) = await VerifyRecord.RunAsync(page.GetRawText().Replace(words, "All was well.", StringComparison.Ordinal));
        Assert.Equal((1, true), (code, said.Contains("had other words", StringComparison.Ordinal)));

        await api.Service<OperationStore>().ForgetWordsAsync(owner.Account, id, Ct);
        var later = await owner.GetAsync($"deployments/{id}/record");
        Assert.DoesNotContain(words, later.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(page.GetProperty("head").GetRawText(), later.GetProperty("head").GetRawText());
        Assert.Equal(0, (await VerifyRecord.RunAsync(later.GetRawText())).Code);
    }

    [Fact]
    public async Task What_people_do_is_recorded_before_they_have_it()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        Assert.Equal(409, (await owner.AskAsync($"deployments/{id}/gateway-token")).Status);
        await RunAsync(owner, id);
        await api.Service<BotSecrets>().PutAsync(id, BotSecretNames.GatewayToken, "canary-token-of-the-gateway", Ct);
        await owner.GetAsync($"deployments/{id}/gateway-token");
        using var asked = await owner.Http.PostAsJsonAsync(
            new Uri($"deployments/{id}/test-message", UriKind.Relative), new { text = "Canary question?" });
        asked.EnsureSuccessStatusCode();

        var page = await owner.GetAsync($"deployments/{id}/record");
        var acts = page.GetProperty("rows").EnumerateArray()
            .Where(row => row.GetProperty("kind").GetString() == RecordKinds.Action)
            .Select(row => (row.GetProperty("actor").GetString(), row.GetProperty("data").GetProperty("action").GetString()));
        Assert.Equal([(owner.Account, "order"), (owner.Account, "read-gateway-token"), (owner.Account, "send-message")], acts);
        Assert.DoesNotContain("canary", page.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_cancellation_is_recorded_once_however_often_it_is_asked_for()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var operation = await HeldAsync(owner, id, OperationKind.Provision, "payment");
        for (var time = 0; time < 2; time++)
        {
            using var answer = await owner.Http.PostAsync(new Uri($"operations/{operation.Id}/cancel", UriKind.Relative), null);
            Assert.Equal(202, (int)answer.StatusCode);
        }

        var told = (await owner.GetAsync($"deployments/{id}/record")).GetProperty("rows").EnumerateArray().Skip(2);
        var row = Assert.Single(told);
        Assert.Equal(owner.Account, row.GetProperty("actor").GetString());
        Assert.Equal($$"""{"action":"cancel","operation":"{{operation.Id}}"}""", row.GetProperty("data").GetRawText());
    }

    /// <summary>The window shows as open until the saga's last step, which may be over.</summary>
    [Fact]
    public async Task Taking_back_a_deletion_that_has_just_become_final_is_a_conflict()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var deletion = await HeldAsync(owner, id, OperationKind.Terminate, owner.Account);
        await api.Service<OperationStore>().StartStepAsync(deletion.Id, Steps.UndoWindow, null, deletion.CreatedAt, look: false, Ct);
        await api.Service<DeploymentStore>().ChangeAsync(
            owner.Account, id, now => now with { Operation = now.Operation! with { Decision = UndoDecision.Final } }, Ct);
        using var answer = await owner.Http.PostAsync(new Uri($"deployments/{id}/undelete", UriKind.Relative), null);
        Assert.Equal(409, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("record")]
    [InlineData("events")]
    [InlineData("logs/stream")]
    public async Task Somebody_elses_deployment_is_not_found_in_the_words_for_what_never_was(string route)
    {
        using var owner = await api.SignedUpAsync();
        using var stranger = await api.SignedUpAsync();
        using var nobody = new Owner(new HttpClient { BaseAddress = api.Address }, "");
        var id = await owner.OrderAsync();
        var known = await stranger.AskAsync($"deployments/{id[..^4]}ZZZZ");
        foreach (var asked in new[] { id, id[..^4] + "ZZZZ", "nonsense", id.ToLowerInvariant() })
        {
            var (status, text) = await stranger.AskAsync($"deployments/{asked}/{route}");
            Assert.Equal((404, Untraced(known.Text)), (status, Untraced(text)));
            Assert.Equal(401, (await nobody.AskAsync($"deployments/{asked}/{route}")).Status);
        }

        Assert.Equal(200, (await owner.AskAsync($"deployments/{id}/{route}")).Status);
    }

    [Theory]
    [InlineData("record?after=-1", null, "after")]
    [InlineData("record?after=x", null, "after")]
    [InlineData("record?after=99999999999999999999", null, "after")]
    [InlineData("events?after=", null, "after")]
    [InlineData("events", "1 or 1", "Last-Event-ID")]
    [InlineData("logs/stream", "17", "Last-Event-ID")]
    [InlineData("logs/stream?after=0000000000000000000-00000000", null, "after")]
    public async Task A_place_that_cannot_be_is_refused_by_name(string path, string? header, string field)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        (string, string)[] headers = header is null ? [] : [("Last-Event-ID", header)];
        var (status, text) = await owner.AskAsync($"deployments/{id}/{path}", headers);
        Assert.Equal(400, status);
        Assert.StartsWith($"'{field}' ", JsonElement.Parse(text).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Also text that JSON libraries write in different ways.</summary>
    [Fact]
    public async Task More_than_a_page_is_read_page_by_page_and_verified_as_one_chain()
    {
        using var owner = await api.SignedUpAsync();
        var (id, pages) = (await owner.OrderAsync(), new List<JsonElement>());
        await FillAsync(id, 1_100);
        for (long? after = null; after is not null || pages.Count == 0;)
        {
            pages.Add(await owner.GetAsync($"deployments/{id}/record{(after is null ? "" : $"?after={after}")}"));
            after = pages[^1].GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? next.GetInt64() : null;
        }

        Assert.Equal([500, 500, 102], pages.Select(page => page.GetProperty("rows").GetArrayLength()));
        var (code, said) = await VerifyRecord.RunAsync(string.Join('\n', pages));
        Assert.StartsWith("1102 rows, chain whole, head ", said, StringComparison.Ordinal);
        Assert.Equal(0, code);

        var files = pages.Select(page => Path.GetTempFileName()).ToList();
        foreach (var (file, page) in files.Zip(pages))
        {
            await File.WriteAllTextAsync(file, page.GetRawText());
        }

        Assert.Equal((0, said), await VerifyRecord.RunAsync("", [.. files]));
        Assert.Equal(1, (await VerifyRecord.RunAsync("", [files[0], files[2]])).Code);
        Assert.Equal(1, (await VerifyRecord.RunAsync("", [files[0], files[1]])).Code);
        files.ForEach(File.Delete);
    }

    private static string Untraced(string problem)
    {
        var members = JsonNode.Parse(problem)!.AsObject();
        members.Remove("requestId");
        return members.ToJsonString();
    }

    /// <summary>An operation without a saga, which no sweep misses yet: it holds the deployment from the future.</summary>
    private async Task<Operation> HeldAsync(Owner owner, string id, OperationKind kind, string by)
    {
        var begun = TimeProvider.System.GetUtcNow();
        var operation = new Operation(
            Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System), owner.Account, id, kind, OperationStatus.Accepted, by, begun,
            begun.AddMinutes(5));
        await api.Service<OperationStore>().AddAsync(operation, Ct);
        await api.Service<DeploymentStore>().ChangeAsync(
            owner.Account, id, deployment => deployment with { Operation = new(operation.Id, kind, begun.AddMinutes(1), by) }, Ct);
        return operation;
    }

    private async Task RunAsync(Owner owner, string id)
    {
        var deployments = api.Service<DeploymentStore>();
        await deployments.ChangeAsync(
            owner.Account, id,
            deployment => deployment.To(DeploymentStatus.Provisioning).To(DeploymentStatus.Configuring).To(DeploymentStatus.Starting), Ct);
        await deployments.ChangeAsync(
            owner.Account, id,
            deployment => deployment.To(DeploymentStatus.Running) with { ActiveVersion = 1, LastKnownGood = 1, Vm = "vm_none" }, Ct);
    }

    private Task FillAsync(string id, int count) => api.Service<RecordStore>().FillAsync(id, count);
}

internal static class Filling
{
    private static readonly string[] Texts =
    [
        "plain", "quote \" back \\ slash /", "tab\tline\nreturn\r\b\f", "\u0000\u0001\u001f\u007f\u0080", "äöü 漢字 🤖 \u2028\u2029",
        "<&'+>`", "\ud83e half",
    ];

    public static async Task FillAsync(this RecordStore records, string deployment, int count)
    {
        for (var at = 0; at < count; at += 90)
        {
            var some = Enumerable.Range(at, Math.Min(90, count - at))
                .Select(n => new RecordEntry("test", "tester", new { n, z = Texts[n % Texts.Length], a = new object[] { n, true, "x" } }));
            await records.AppendAsync(deployment, () => Task.FromResult<RecordDraft?>(new([.. some], [])), CancellationToken.None);
        }
    }
}
