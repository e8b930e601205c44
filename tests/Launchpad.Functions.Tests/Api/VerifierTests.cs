using System.Text.Json;
using System.Text.Json.Nodes;
using Launchpad.Shared.Records;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Whatever is done to the API's answer, the customer's script sees it.</summary>
[Collection(ApiCollection.Name)]
public sealed class VerifierTests(LaunchpadApi api)
{
    [Fact]
    public async Task A_flipped_character_anywhere_is_seen_unless_it_means_the_same()
    {
        var seed = Environment.TickCount;
        var (random, text, changed) = (new Random(seed), await RecordAsync(12), 0);
        for (var flip = 0; flip < 40; flip++)
        {
            var at = random.Next(text.Length);
            var flipped = text[..at] + (char)(text[at] ^ (1 << random.Next(5))) + text[(at + 1)..];
            var (code, said) = await VerifyRecord.RunAsync(flipped);
            var same = MeansTheSame(text, flipped);
            Assert.True(code == (same ? 0 : 1), $"seed {seed}, at {at}: {said}\n{flipped}");
            changed += same ? 0 : 1;
        }

        Assert.True(changed > 20, $"seed {seed}: only {changed} flips changed anything");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    public async Task A_row_that_was_changed_is_named(int row)
    {
        var page = JsonNode.Parse(await RecordAsync(10))!;
        page["rows"]![row]!["actor"] = "someone else";
        Refused($"row {row} was changed", await VerifyRecord.RunAsync(page.ToJsonString()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    public async Task A_row_that_was_removed_is_named(int row)
    {
        var page = JsonNode.Parse(await RecordAsync(10))!;
        page["rows"]!.AsArray().RemoveAt(row);
        Refused($"row {row} is missing", await VerifyRecord.RunAsync(page.ToJsonString()));
    }

    [Fact]
    public async Task Two_rows_that_changed_places_are_named()
    {
        var page = JsonNode.Parse(await RecordAsync(10))!;
        var rows = page["rows"]!.AsArray();
        (rows[4], rows[5]) = (rows[5]!.DeepClone(), rows[4]!.DeepClone());
        Refused("row 4 is missing or out of order", await VerifyRecord.RunAsync(page.ToJsonString()));
    }

    /// <summary>Somebody who can write the table makes a new end that is whole in itself: only a kept hash tells.</summary>
    [Fact]
    public async Task A_rewritten_tail_is_seen_by_whoever_kept_the_head()
    {
        var page = JsonNode.Parse(await RecordAsync(10))!;
        var kept = page["head"]!["hash"]!.GetValue<string>();
        Assert.Equal(0, (await VerifyRecord.RunAsync(page.ToJsonString(), "--head", kept)).Code);

        var rows = page["rows"]!.AsArray();
        var head = new RecordHead(6, rows[6]!["hash"]!.GetValue<string>());
        for (var i = 7; i < rows.Count; i++)
        {
            var forged = RecordRow.After(head, DateTimeOffset.UtcNow, new("action", "nobody", new { action = "nothing" }));
            rows[i] = JsonSerializer.SerializeToNode(
                new RecordRowView(
                    forged.Sequence, forged.At, forged.Kind, forged.Actor, JsonElement.Parse(forged.Data), forged.Previous, forged.Hash),
                JsonSerializerOptions.Web);
            head = forged.AsHead;
        }

        page["head"]!["hash"] = head.Hash;
        Assert.Equal(0, (await VerifyRecord.RunAsync(page.ToJsonString())).Code);
        Refused("the hash that was kept is not in it", await VerifyRecord.RunAsync(page.ToJsonString(), "--head", kept));
    }

    [Fact]
    public async Task A_head_that_was_kept_earlier_is_still_in_a_record_that_has_grown()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        var kept = (await owner.GetAsync($"deployments/{id}/record")).GetProperty("head").GetProperty("hash").GetString()!;
        await api.Service<RecordStore>().FillAsync(id, 3);
        var grown = await owner.GetAsync($"deployments/{id}/record");
        Assert.Equal(0, (await VerifyRecord.RunAsync(grown.GetRawText(), "--head", kept)).Code);
    }

    [Fact]
    public async Task The_record_of_another_deployment_is_not_taken_for_this_one()
    {
        var page = JsonNode.Parse(await RecordAsync(3))!;
        page["deployment"] = "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        Refused("row 0 does not join on", await VerifyRecord.RunAsync(page.ToJsonString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    [InlineData("{\"type\":\"urn:launchpad:problem:not-found\"}")]
    public async Task What_is_no_record_is_no_success(string input) => Assert.Equal(1, (await VerifyRecord.RunAsync(input)).Code);

    [Fact]
    public void The_script_is_short_enough_to_be_read() => Assert.InRange(File.ReadAllLines(VerifyRecord.Path).Length, 1, 90);

    private static void Refused(string reason, (int Code, string Said) answer)
    {
        Assert.Contains(reason, answer.Said, StringComparison.Ordinal);
        Assert.Equal(1, answer.Code);
    }

    /// <summary>An order's two rows and some more, as the API answers them.</summary>
    private async Task<string> RecordAsync(int more)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        await api.Service<RecordStore>().FillAsync(id, more);
        var text = (await owner.GetAsync($"deployments/{id}/record")).GetRawText();
        Assert.Equal(0, (await VerifyRecord.RunAsync(text)).Code);
        return text;
    }

    /// <summary>`\u00e4` and `\u00E4`, or another name for what the script does not read.</summary>
    private static bool MeansTheSame(string one, string other)
    {
        try
        {
            var (a, b) = (JsonNode.Parse(one)!.AsObject(), JsonNode.Parse(other)!.AsObject());
            return new[] { "deployment", "rows", "head" }.All(name => JsonNode.DeepEquals(a[name], b[name]));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
