using System.Net;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Health;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Machines as an operator sees them, and what he wants of them.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffVmTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task A_machine_is_listed_with_its_bots_and_what_it_last_told()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var vm = await MachineAsync(bot);
        var heard = DateTimeOffset.UtcNow;
        var told = new VmBot(bot.Id, true, true, heard.AddHours(-1), 3, null, false, "image", null, []);
        var report = JsonSerializer.SerializeToUtf8Bytes(new VmReport(heard, 100, 60, [told]), VmJson.Default.VmReport);
        await api.Service<HeartbeatStore>().TryPutAsync(vm, heard.ToUnixTimeMilliseconds(), heard, report, Ct);

        var listed = (await AllAsync(staff)).Single(one => one.GetProperty("id").GetString() == vm);
        Assert.Equal(("shared", "ready", "use"), (Text(listed, "pool"), Text(listed, "status"), Text(listed, "wish")));
        Assert.Equal((2048, 2048, 1), (Number(listed, "capacityMb"), Number(listed, "usedMb"), Number(listed, "bots")));
        Assert.Equal((100, 60), (Number(listed, "diskMb"), Number(listed, "diskFreeMb")));
        Assert.Equal(heard, listed.GetProperty("heartbeatAt").GetDateTimeOffset(), TimeSpan.FromSeconds(1));

        var whole = await staff.GetAsync($"staff/vms/{vm}");
        var seen = Assert.Single(whole.GetProperty("bots").EnumerateArray());
        Assert.Equal((bot.Id, bot.Account, "Ada"), (Text(seen, "deployment"), Text(seen, "account"), Text(seen, "name")));
        Assert.Equal((true, 3), (seen.GetProperty("isRunning").GetBoolean(), Number(seen, "restarts")));
        Assert.True((await staff.GetAsync("staff/overview")).GetProperty("vms").GetProperty("count").GetInt32() > 0);
    }

    [Fact]
    public async Task What_is_wanted_of_it_is_written_down_and_the_record_of_a_bot_that_has_to_move_tells_who_wanted_it()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var vm = await MachineAsync(bot);
        foreach (var (verb, wish) in new[] { ("cordon", "cordon"), ("drain", "drain"), ("uncordon", "use") })
        {
            var (status, body) = await staff.PostAsync($"staff/vms/{vm}/{verb}");
            Assert.Equal((HttpStatusCode.OK, wish), (status, Text(body.GetProperty("vm"), "wish")));
            Assert.Equal(wish, (await api.Service<VmStore>().FindAsync(vm, Ct))!.Wish.ToString().ToLowerInvariant());
        }

        var record = (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray()
            .Where(row => Text(row, "actor") == staff.Who.Actor).Select(row => row.GetProperty("data"));
        Assert.Equal(("drain", vm), record.Select(data => (Text(data, "action"), Text(data, "vm"))).Single());
    }

    [Fact]
    public async Task Nothing_is_wanted_any_more_of_one_that_is_being_deleted()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var vm = await MachineAsync(bot, "Retiring");
        var (status, problem) = await staff.PostAsync($"staff/vms/{vm}/cordon");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.EndsWith("machine-is-going", Text(problem, "type"), StringComparison.Ordinal);
    }

    /// <summary>Nothing leads to it, and it is full: nobody else's bot is placed there, and no sweep looks after it.</summary>
    private async Task<string> MachineAsync(RunningBot bot, string status = "Ready")
    {
        var id = Shared.Ids.New(Shared.Ids.Vm, TimeProvider.System);
        await api.Service<Tables>().Vms.AddEntityAsync(
            new TableEntity("shared", id)
            {
                ["status"] = status,
                ["size"] = "s",
                ["capacityMb"] = 2048,
                ["reservations"] = $$"""{"{{bot.Id}}":2048}""",
                ["owners"] = $$"""{"{{bot.Id}}":"{{bot.Account}}"}""",
                ["createdAt"] = DateTimeOffset.UtcNow.AddHours(-1),
            },
            Ct);
        return id;
    }

    private static async Task<List<JsonElement>> AllAsync(StaffMember staff)
    {
        var (all, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await staff.GetAsync("staff/vms" + cursor);
            all.AddRange(page.GetProperty("vms").EnumerateArray());
            cursor = page.GetProperty("cursor").GetString() is { } next ? $"?cursor={next}" : "";
        }
        while (cursor.Length > 0);

        return all;
    }

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();

    private static int Number(JsonElement row, string name) => row.GetProperty(name).GetInt32();
}
