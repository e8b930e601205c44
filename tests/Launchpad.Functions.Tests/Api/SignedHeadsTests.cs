using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Launchpad.Processes;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Health;
using Launchpad.Shared.Records;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Tests;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Every day the ends of the records are signed, and with that whatever was done to them later is seen.</summary>
[Collection(ApiCollection.Name)]
public sealed class SignedHeadsTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task A_day_on_which_something_changed_has_one_document_that_names_the_one_before()
    {
        using var days = await GrownAsync();
        await days.SignAsync();
        await days.WriteAsync(2);
        await days.SignAsync();
        var documents = await days.DocumentsAsync();
        Assert.Equal([1, 2, 3], documents.Select(one => one.Heads.Number));
        Assert.Equal(documents.Select(one => one.Heads.Day).Order(StringComparer.Ordinal).Distinct(), documents.Select(one => one.Heads.Day));
        Assert.Equal([2L, 7, 9], documents.Select(one => Assert.Single(one.Heads.Chains).Rows));
        Assert.Empty(await days.WaitingAsync());
        var (code, said) = await days.VerifyAsync();
        Assert.Equal((0, true), (code, said.Contains($"signed up to row 8 on {documents[2].Heads.Day}", StringComparison.Ordinal)));
        await days.WriteAsync(1);
        Assert.Equal(0, (await days.VerifyAsync()).Code);
    }

    [Fact]
    public async Task Signed_again_and_by_many_at_once_it_is_the_same_document()
    {
        using var days = await GrownAsync();
        var before = JsonSerializer.Serialize(await days.DocumentsAsync());
        await days.Signer().RunAsync(days.Clock.Now, Ct);
        Assert.Equal(before, JsonSerializer.Serialize(await days.DocumentsAsync()));

        await days.WriteAsync(3);
        var rows = await days.WaitingAsync();
        days.Clock.Now = days.Clock.Now.AddDays(1);
        await Task.WhenAll(Enumerable.Range(0, 8).SelectMany(_ => rows.Select(row => days.One().SignAsync(row, Ct))));
        Assert.Equal([1, 2, 3], (await days.DocumentsAsync()).Select(one => one.Heads.Number));
        Assert.Equal(0, (await days.VerifyAsync()).Code);
    }

    [Fact]
    public async Task Days_that_were_missed_are_made_up_for_in_their_order()
    {
        using var days = await GrownAsync();
        var known = (await days.DocumentsAsync()).Count;
        for (var day = 0; day < 3; day++)
        {
            await days.WriteAsync(1);
            days.Clock.Now = days.Clock.Now.AddDays(1);
        }

        days.Clock.Now = days.Clock.Now.AddDays(4);
        await days.Signer().RunAsync(days.Clock.Now, Ct);
        Assert.Equal(known + 3, (await days.DocumentsAsync()).Count);
        Assert.Empty(await days.WaitingAsync());
        Assert.Equal(0, (await days.VerifyAsync()).Code);
    }

    /// <summary>The last millisecond of a year is of its day, and the next is of another.</summary>
    [Fact]
    public async Task A_day_ends_at_midnight_in_utc()
    {
        using var days = await GrownAsync();
        days.Clock.Now = new(2031, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        await days.WriteAsync(1);
        days.Clock.Now = days.Clock.Now.AddMilliseconds(1);
        await days.WriteAsync(1);
        Assert.Equal(["2031-12-31", "2032-01-01"], (await days.WaitingAsync()).Select(row => ChangedChain.Of(row).Day));
        await days.Signer().RunAsync(days.Clock.Now, Ct);
        Assert.Equal(2, (await days.WaitingAsync()).Count);
        await days.Signer().RunAsync(days.Clock.Now.AddMinutes(15), Ct);
        Assert.Equal("2032-01-01", ChangedChain.Of(Assert.Single(await days.WaitingAsync())).Day);
    }

    [Fact]
    public async Task A_row_that_came_late_to_its_day_is_in_the_next_document()
    {
        using var days = await GrownAsync();
        days.Clock.Now = days.Clock.Now.AddDays(-1);
        await days.WriteAsync(1);
        days.Clock.Now = days.Clock.Now.AddDays(1);
        await days.Signer().RunAsync(days.Clock.Now, Ct);
        Assert.Equal(ChangedChain.DayOf(days.Clock.Now), ChangedChain.Of(Assert.Single(await days.WaitingAsync())).Day);
        await days.SignAsync();
        Assert.Equal(8, (await days.DocumentsAsync())[^1].Heads.Chains[0].Rows);
    }

    /// <summary>Whoever writes the tables can make a shorter chain that is whole in itself.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Rows_that_were_taken_away_from_the_end_are_missed(int rows)
    {
        using var days = await GrownAsync();
        var table = api.Service<Tables>().Records;
        var head = (await table.FindAsync(days.Id, "head", Ct))!;
        var left = head.GetInt64("sequence")!.Value - rows;
        for (var gone = left + 1; gone <= left + rows; gone++)
        {
            await table.DeleteEntityAsync(days.Id, $"r{gone:D12}", cancellationToken: Ct);
        }

        head["sequence"] = left;
        head["hash"] = (await table.FindAsync(days.Id, $"r{left:D12}", Ct))!.GetString("hash");
        await table.UpdateEntityAsync(head, Azure.ETag.All, TableUpdateMode.Replace, Ct);
        Assert.Equal(0, (await VerifyRecord.RunAsync((await days.RecordAsync()).GetRawText())).Code);
        Refused($"row {left + 1} is missing: rows were taken away from the end, for 7 were signed", await days.VerifyAsync());
    }

    /// <summary>From a row on, every hash is made anew.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_chain_that_was_computed_anew_is_not_the_one_that_was_signed(int from)
    {
        using var days = await GrownAsync();
        var page = JsonNode.Parse((await days.RecordAsync()).GetRawText())!;
        var rows = page["rows"]!.AsArray();
        var head = from == 0 ? RecordHead.Before(days.Id) : new(from - 1, rows[from - 1]!["hash"]!.GetValue<string>());
        for (var at = from; at < rows.Count; at++)
        {
            var forged = RecordRow.After(head, days.Clock.Now, new("action", "nobody", new { action = "nothing" }));
            rows[at] = JsonSerializer.SerializeToNode(RecordRowView.Of(forged), JsonSerializerOptions.Web);
            head = forged.AsHead;
        }

        page["head"]!["hash"] = head.Hash;
        Assert.Equal(0, (await VerifyRecord.RunAsync(page.ToJsonString())).Code);
        Refused(
            $"row {(from < 2 ? 1 : 6)} was rewritten, or one before it", await days.VerifyAsync(page.ToJsonString(), (await days.HeadsAsync()).GetRawText()));
    }

    [Fact]
    public async Task A_document_that_was_changed_lost_or_signed_by_another_is_named()
    {
        using var days = await GrownAsync();
        await days.WriteAsync(1);
        await days.SignAsync();
        var (record, heads) = ((await days.RecordAsync()).GetRawText(), (await days.HeadsAsync()).GetRawText());
        var page = JsonNode.Parse(heads)!;
        var payload = Convert.FromBase64String(page["documents"]![1]!["signed"]!["payload"]!.GetValue<string>());
        payload[^20] ^= 1;
        page["documents"]![1]!["signed"]!["payload"] = Convert.ToBase64String(payload);
        Assert.NotEqual(0, (await days.VerifyAsync(record, page.ToJsonString())).Code);

        foreach (var lost in new[] { 0, 1 })
        {
            page = JsonNode.Parse(heads)!;
            page["documents"]!.AsArray().RemoveAt(lost);
            Refused("do not join on: a document before them is missing or was replaced", await days.VerifyAsync(record, page.ToJsonString()));
        }

        using var others = await GrownAsync();
        page = JsonNode.Parse(heads)!;
        page["documents"]!.AsArray().Add((await others.HeadsAsync()).GetProperty("documents")[0]);
        Refused("do not join on", await days.VerifyAsync(record, page.ToJsonString()));
        page = JsonNode.Parse(heads)!;
        page["documents"]![0]!["signed"]!["signatures"]![0]!["sig"] = page["documents"]![1]!["signed"]!["signatures"]![0]!["sig"]!.GetValue<string>();
        Refused("were not signed with", await days.VerifyAsync(record, page.ToJsonString()));
    }

    /// <summary>The vault does not answer: nothing is lost, somebody is called after a day, and it is made up for.</summary>
    [Fact]
    public async Task What_cannot_be_signed_waits_and_pages_after_a_day()
    {
        using var days = await GrownAsync();
        using var vault = new SecretVault(new SecretClient(
            new Uri("https://127.0.0.1:1/"), new ClientSecretCredential("t", "c", "s"), new SecretClientOptions { Retry = { MaxRetries = 0 } }));
        var none = new SignedDocuments(vault);
        await days.WriteAsync(1);
        await days.SignAsync(none);
        Assert.False(await IsPagedAsync());
        await days.SignAsync(none);
        Assert.True(await IsPagedAsync());
        Assert.NotEmpty(await days.WaitingAsync());
        await days.SignAsync();
        Assert.Empty(await days.WaitingAsync());
        Assert.False(await IsPagedAsync());
        Assert.Equal(0, (await days.VerifyAsync()).Code);
    }

    /// <summary>A process that dies in any call of it, before or after the effect, is made up for by the next one.</summary>
    [Theory]
    [InlineData(CallFault.Crash)]
    [InlineData(CallFault.AnswerLost)]
    public async Task A_process_that_dies_while_it_signs_leaves_it_to_the_next(CallFault fault)
    {
        using var days = await GrownAsync();
        for (var (at, isDead) = (0, true); isDead; at++)
        {
            await days.WriteAsync(1);
            days.Clock.Now = days.Clock.Now.AddDays(1);
            var call = 0;
            isDead = false;
            var dying = days.One(days.Dying(() => call++ == at && (isDead = true) ? fault : CallFault.None));
            foreach (var row in await days.WaitingAsync())
            {
                await Record.ExceptionAsync(() => dying.SignAsync(row, Ct));
            }

            await days.Signer().RunAsync(days.Clock.Now, Ct);
            Assert.Empty(await days.WaitingAsync());
            var documents = await days.DocumentsAsync();
            Assert.Equal(Enumerable.Range(1, documents.Count).Select(number => (long)number), documents.Select(one => one.Heads.Number));
            Assert.Equal(8 + at, documents[^1].Heads.Chains[0].Rows);
        }

        Assert.Equal(0, (await days.VerifyAsync()).Code);
    }

    /// <summary>No row is without what leads to it, wherever its writer died.</summary>
    [Fact]
    public async Task What_leads_to_a_chain_is_there_before_its_rows_are()
    {
        using var days = await GrownAsync();
        for (var (at, isDead) = (0, true); isDead; at++)
        {
            days.Clock.Now = days.Clock.Now.AddDays(1);
            var (call, before) = (0, (await api.Service<RecordStore>().HeadAsync(days.Id, Ct)).Sequence);
            isDead = false;
            var writer = new RecordStore(days.Dying(() => call++ == at && (isDead = true) ? CallFault.Crash : CallFault.None), days.Clock);
            await Record.ExceptionAsync(() => writer.AppendAsync(days.Id, new RecordEntry("test", "tester", new { at }), Ct));
            var isWritten = (await api.Service<RecordStore>().HeadAsync(days.Id, Ct)).Sequence > before;
            var leads = (await days.WaitingAsync()).Any(row => ChangedChain.Of(row).Day == ChangedChain.DayOf(days.Clock.Now));
            Assert.True(leads || !isWritten, $"the row is there, and nothing leads to it, after call {at}");
        }
    }

    /// <summary>The browser's check is held against the same. LAUNCHPAD_RECORD=1 writes it anew.</summary>
    [Fact]
    public async Task What_the_web_app_is_tested_with_is_genuine()
    {
        var file = Repository.File("web", "src", "record", "fixtures", "signed.json");
        if (Environment.GetEnvironmentVariable("LAUNCHPAD_RECORD") is { Length: > 0 })
        {
            using var days = await GrownAsync();
            var key = await api.Service<SignedDocuments>().PublicKeyAsync(Ct);
            var made = new { record = await days.RecordAsync(), heads = await days.HeadsAsync(), key };
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(made, Indented) + "\n", Ct);
        }

        var kept = JsonElement.Parse(await File.ReadAllTextAsync(file, Ct));
        var (code, said) = await SignedDays.VerifyAsync(
            kept.GetProperty("record").GetRawText(), kept.GetProperty("heads").GetRawText(), kept.GetProperty("key").GetString()!);
        Assert.Equal((0, true), (code, said.Contains("signed up to row 6", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_leads_to_the_next_and_another_account_has_none_of_it()
    {
        using var days = await GrownAsync();
        var first = (await days.DocumentsAsync())[0].Heads.Day;
        using var other = await api.SignedUpAsync();
        Assert.Equal(0, (await other.GetAsync("record/heads")).GetProperty("documents").GetArrayLength());
        Assert.Equal(400, (await other.AskAsync("record/heads?after=yesterday")).Status);
        Assert.Equal(2, (await days.HeadsAsync()).GetProperty("documents").GetArrayLength());
        Assert.NotEmpty(first);
    }

    /// <summary>A bot with two rows of the day when it was ordered, and five of the next, both signed.</summary>
    private async Task<SignedDays> GrownAsync()
    {
        var days = await SignedDays.OfAsync(api);
        await days.SignAsync();
        await days.WriteAsync(5);
        await days.SignAsync();
        return days;
    }

    private async Task<bool> IsPagedAsync() => (await api.Service<Pager>().OpenAsync(Ct)).Any(page => page.Kind is PageKind.HeadsUnsigned);

    private static void Refused(string reason, (int Code, string Said) answer)
    {
        Assert.Contains(reason, answer.Said, StringComparison.Ordinal);
        Assert.Equal(1, answer.Code);
    }
}
