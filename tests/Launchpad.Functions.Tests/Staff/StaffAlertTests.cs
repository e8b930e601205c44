using System.Net;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Health;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What waits for a person, and that one has it in hand.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffAlertTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly string subject = Shared.Ids.New(Shared.Ids.Deployment, TimeProvider.System);

    [Fact]
    public async Task An_alert_is_listed_with_its_runbook_taken_on_and_gone_when_it_is_over()
    {
        using var staff = await StaffMember.OfAsync(api);
        var pager = api.Service<Pager>();
        await pager.RaiseAsync(PageKind.CrashLoop, subject, "It keeps ending.", Ct);
        var (alert, page) = await FindAsync(staff);
        Assert.Equal(("crash-loop", subject, "It keeps ending."), (Text(alert!.Value, "kind"), Text(alert.Value, "deployment"), Text(alert.Value, "reason")));
        var runbook = page.GetProperty("runbooks").EnumerateArray().Single(one => Text(one, "name") == Text(alert.Value, "runbook"));
        Assert.StartsWith("# ", Text(runbook, "text"), StringComparison.Ordinal);

        var before = await UnattendedAsync(staff);
        var (status, taken) = await staff.PostAsync($"staff/alerts/{Text(alert.Value, "id")}/acknowledge");
        Assert.Equal((HttpStatusCode.OK, staff.Who.Actor), (status, Text(taken, "acknowledgedBy")));
        Assert.Equal(before - 1, await UnattendedAsync(staff));
        using var other = await StaffMember.OfAsync(api);
        Assert.Equal(staff.Who.Actor, Text((await other.PostAsync($"staff/alerts/{Text(alert.Value, "id")}/acknowledge")).Body, "acknowledgedBy"));

        await pager.ResolveAsync(PageKind.CrashLoop, subject, Ct);
        Assert.Null((await FindAsync(staff)).Alert);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.PostAsync($"staff/alerts/{Text(alert.Value, "id")}/acknowledge")).Status);
    }

    [Fact]
    public async Task It_is_silent_until_a_time_that_is_not_far()
    {
        using var staff = await StaffMember.OfAsync(api);
        await api.Service<Pager>().RaiseAsync(PageKind.Drift, subject, "It differs.", Ct);
        var id = Text((await FindAsync(staff)).Alert!.Value, "id");
        var until = DateTimeOffset.UtcNow.AddHours(2);
        foreach (var wrong in new[] { DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(31) })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await staff.PostAsync($"staff/alerts/{id}/silence", new { until = wrong })).Status);
        }

        var (_, silent) = await staff.PostAsync($"staff/alerts/{id}/silence", new { until });
        Assert.Equal(until, silent.GetProperty("silencedUntil").GetDateTimeOffset());
        var (_, told) = await staff.PostAsync($"staff/alerts/{id}/silence", new { until = (DateTimeOffset?)null });
        Assert.Equal(JsonValueKind.Null, told.GetProperty("silencedUntil").ValueKind);
    }

    private async Task<(JsonElement? Alert, JsonElement Page)> FindAsync(StaffMember staff)
    {
        var cursor = "";
        while (true)
        {
            var page = await staff.GetAsync("staff/alerts" + cursor);
            if (page.GetProperty("alerts").EnumerateArray().FirstOrDefault(one => Text(one, "subject") == subject) is { ValueKind: JsonValueKind.Object } found)
            {
                return (found, page);
            }

            if (page.GetProperty("cursor").GetString() is not { } next)
            {
                return (null, page);
            }

            cursor = $"?cursor={Uri.EscapeDataString(next)}";
        }
    }

    private static async Task<int> UnattendedAsync(StaffMember staff) =>
        (await staff.GetAsync("staff/overview")).GetProperty("alerts").GetProperty("unattended").GetInt32();

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
