using System.Net;
using System.Text.Json;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Billing;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>Operations of everybody: found by what leads to them, mended as their owners could, and told to them.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffOperationTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task What_failed_is_listed_with_its_reason_and_asked_for_again_on_the_record()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var failed = await FailedAsync(bot);

        var row = await RowAsync(staff, "staff/operations?status=failed", failed);
        Assert.Equal((bot.Account, bot.Id, "Ada", "restart"), (Text(row, "account"), Text(row, "deployment"), Text(row, "deploymentName"), Text(row, "kind")));
        Assert.Equal(JsonValueKind.Object, row.GetProperty("failure").ValueKind);
        Assert.Equal(Text(row.GetProperty("failure"), "step"), Text(row, "step"));
        Assert.True(row.GetProperty("needsStaff").GetBoolean() && row.GetProperty("retryable").GetBoolean());
        var overview = await staff.GetAsync("staff/overview");
        Assert.Contains(overview.GetProperty("failed").EnumerateArray(), one => Text(one, "id") == failed);

        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var (status, begun) = await staff.PostAsync($"staff/operations/{failed}/retry", null, key);
        Assert.Equal(HttpStatusCode.Accepted, status);
        var next = Text(begun, "operation");
        Assert.Equal(next, Text((await staff.PostAsync($"staff/operations/{failed}/retry", null, key)).Body, "operation"));
        var whole = await staff.GetAsync($"staff/operations/{next}");
        Assert.Equal(next, Text(whole.GetProperty("operation"), "id"));
        Assert.Equal(JsonValueKind.Array, whole.GetProperty("steps").ValueKind);
        Assert.NotEqual(failed, next);
        Assert.Equal(staff.Who.Actor, Text(await bot.Owner.GetAsync($"operations/{next}"), "by"));
        var told = Assert.Single(await ActionsAsync(bot, staff), action => Text(action, "action") == "retry");
        Assert.Equal((next, failed), (Text(told, "operation"), Text(told, "of")));
        Assert.DoesNotContain(staff.Who.Email, (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetRawText(), StringComparison.Ordinal);

        var (again, problem) = await staff.PostAsync($"staff/operations/{failed}/retry");
        Assert.Equal(HttpStatusCode.Conflict, again);
        Assert.EndsWith("cannot-retry", Text(problem, "type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_past_its_deadline_is_stuck_and_can_be_stopped()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var late = await HeldAsync(bot, TimeSpan.FromMinutes(-1));
        var row = await RowAsync(staff, "staff/operations?status=stuck", late);
        Assert.Equal(("past-deadline", "backup"), (Text(row, "stuck"), Text(row, "kind")));
        Assert.True(row.GetProperty("cancellable").GetBoolean() && row.GetProperty("extendable").GetBoolean());
        var back = Assert.Single((await staff.GetAsync($"staff/operations/{late}")).GetProperty("ifCancelled").EnumerateArray());
        Assert.NotEmpty(back.GetString()!);
        Assert.Contains((await staff.GetAsync("staff/overview")).GetProperty("stuck").EnumerateArray(), one => Text(one, "id") == late);

        var (status, cancelling) = await staff.PostAsync($"staff/operations/{late}/cancel");
        Assert.Equal((HttpStatusCode.Accepted, "cancelling"), (status, Text(cancelling, "status")));
        Assert.True((await api.Service<DeploymentStore>().GetAsync(bot.Account, bot.Id, Ct)).Operation is null or { Cancelled: true });
        Assert.Contains(await ActionsAsync(bot, staff), action => Text(action, "action") == "cancel" && Text(action, "operation") == late);
    }

    [Fact]
    public async Task What_is_given_more_time_is_not_stuck_any_more_and_its_owner_sees_until_when()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var late = await HeldAsync(bot, TimeSpan.FromMinutes(-1));
        foreach (var minutes in new int?[] { null, 0, 61 })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await staff.PostAsync($"staff/operations/{late}/extend", new { minutes })).Status);
        }

        var (status, extended) = await staff.PostAsync($"staff/operations/{late}/extend", new { minutes = 30 });
        Assert.Equal((HttpStatusCode.Accepted, "extended"), (status, Text(extended, "status")));
        var row = await RowAsync(staff, "staff/operations?status=running", late);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("stuck").ValueKind);
        var deadline = (await bot.Owner.GetAsync($"operations/{late}")).GetProperty("deadline").GetDateTimeOffset();
        Assert.Equal(DateTimeOffset.UtcNow.AddMinutes(30), deadline, TimeSpan.FromMinutes(2));
        Assert.Contains(
            await ActionsAsync(bot, staff), action => Text(action, "action") == "extend" && action.GetProperty("minutes").GetInt32() == 30);

        // Never so far away that nobody would look again.
        await staff.PostAsync($"staff/operations/{late}/extend", new { minutes = 60 });
        Assert.InRange(
            (await staff.GetAsync($"staff/operations/{late}")).GetProperty("operation").GetProperty("deadline").GetDateTimeOffset(), deadline,
            DateTimeOffset.UtcNow.AddMinutes(60));
        await staff.PostAsync($"staff/operations/{late}/cancel");
        Assert.Equal(HttpStatusCode.Conflict, (await staff.PostAsync($"staff/operations/{late}/extend", new { minutes = 1 })).Status);
    }

    [Fact]
    public async Task An_operator_goes_back_to_the_version_before_on_the_record()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var last = await FailedAsync(bot);
        var (status, refused) = await staff.PostAsync($"staff/operations/{last}/rollback");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("No version ran before", Text(refused, "detail"), StringComparison.Ordinal);

        await ChangedAsync(bot);
        var row = await RowAsync(staff, "staff/operations?status=failed", last);
        Assert.Equal((2, 1), (row.GetProperty("runsVersion").GetInt32(), row.GetProperty("rollsBackTo").GetInt32()));
        (status, var begun) = await staff.PostAsync($"staff/operations/{last}/rollback");
        Assert.Equal(HttpStatusCode.Accepted, status);
        var back = await bot.Owner.GetAsync($"operations/{Text(begun, "operation")}");
        Assert.Equal(("rollback", staff.Who.Actor), (Text(back, "kind"), Text(back, "by")));
        var told = Assert.Single(await ActionsAsync(bot, staff), action => Text(action, "action") == "rollback");
        Assert.Equal(Text(begun, "operation"), Text(told, "operation"));
        Assert.Equal(HttpStatusCode.Conflict, (await staff.PostAsync($"staff/operations/{last}/rollback")).Status);
    }

    [Fact]
    public async Task Going_back_to_another_plan_is_for_the_owner()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var last = await FailedAsync(bot);
        await ChangedAsync(bot, plan: "pro");
        var (_, body) = await staff.PostAsync("staff/operations", new { action = "rollback", ids = new[] { last } });
        var result = Assert.Single(body.GetProperty("results").EnumerateArray());
        Assert.False(result.GetProperty("accepted").GetBoolean());
        Assert.Contains("another plan", Text(result, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_on_in_time_runs_and_is_not_stuck()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var going = await HeldAsync(bot, TimeSpan.FromHours(1));
        Assert.Equal(JsonValueKind.Null, (await RowAsync(staff, "staff/operations?status=running", going)).GetProperty("stuck").ValueKind);
        Assert.DoesNotContain(going, await IdsAsync(staff, "staff/operations?status=stuck"));
        Assert.Contains(going, await IdsAsync(staff, "staff/operations?status=all"));
    }

    [Fact]
    public async Task Many_at_once_are_answered_one_by_one()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        var going = await HeldAsync(bot, TimeSpan.FromHours(1));
        const string Never = "op_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        var (status, body) = await staff.PostAsync("staff/operations", new { action = "cancel", ids = new[] { going, Never, going } });
        Assert.Equal(HttpStatusCode.OK, status);
        var results = body.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal([going, Never], results.Select(one => Text(one, "id")));
        Assert.Equal([true, false], results.Select(one => one.GetProperty("accepted").GetBoolean()));
        Assert.EndsWith("not-found", Text(results[1], "problem"), StringComparison.Ordinal);

        foreach (var wrong in new object[] { new { action = "delete", ids = new[] { going } }, new { action = "retry", ids = Array.Empty<string>() } })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await staff.PostAsync("staff/operations", wrong)).Status);
        }
    }

    [Fact]
    public async Task The_history_of_a_saga_has_its_steps_and_nothing_that_was_given_to_them()
    {
        using var staff = await StaffMember.OfAsync(api);
        using var bot = await RunningBot.OfAsync(api);
        const string Canary = "what only the owner said";
        var (_, accepted) = await bot.SendAsync(HttpMethod.Post, $"deployments/{bot.Id}/test-message", new { text = Canary });
        await bot.FailedAsync(accepted);
        var id = RunningBot.OperationOf(accepted);

        var saga = await Shop.UntilAsync(
            () => staff.GetAsync($"staff/orchestrations/{id}"), saga => Text(saga, "status") is "Completed");
        var events = saga.GetProperty("events").EnumerateArray().ToList();
        Assert.Equal("TestMessage", Text(saga, "name"));
        Assert.Contains(events, one => Text(one, "kind") == "ExecutionStarted" && Text(one, "name") == "TestMessage");
        var scheduled = events.First(one => Text(one, "kind") == "TaskScheduled");
        Assert.Contains(events, one => Text(one, "kind") is "TaskCompleted" or "TaskFailed"
            && one.GetProperty("task").GetInt32() == scheduled.GetProperty("task").GetInt32());
        Assert.DoesNotContain(Canary, saga.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(bot.Account, saga.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_that_no_page_answered_is_refused()
    {
        using var staff = await StaffMember.OfAsync(api);
        foreach (var path in new[] { "operations?cursor=x", "operations?cursor=f:'", "vms?cursor=x", "audit?cursor=x", "orchestrations/x?cursor=-1" })
        {
            Assert.Contains((await staff.SendAsync(HttpMethod.Get, $"staff/{path}")).Status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.NotFound });
        }
    }

    private static async Task<string> FailedAsync(RunningBot bot)
    {
        var (status, accepted) = await bot.SendAsync(HttpMethod.Post, $"deployments/{bot.Id}/restart", new { });
        Assert.Equal(202, status);
        await bot.FailedAsync(accepted);
        return RunningBot.OperationOf(accepted);
    }

    /// <summary>Another version has taken the place of the first.</summary>
    private async Task ChangedAsync(RunningBot bot, string plan = "starter")
    {
        var versions = api.Service<ConfigVersionStore>();
        var first = await versions.GetAsync(bot.Id, 1, Ct);
        await versions.TryAddAsync(first with { Number = 2, Status = ConfigVersionStatus.Active }, Ct);
        await versions.MarkAsync(bot.Id, 1, ConfigVersionStatus.Superseded, Ct);
        await api.Service<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id,
            now => now with { ActiveVersion = 2, LastKnownGood = 2, PreviousGood = 1, Plan = plan }, Ct);
    }

    /// <summary>A deployment in the hands of an operation, whose saga nobody has begun yet.</summary>
    private async Task<string> HeldAsync(RunningBot bot, TimeSpan deadline)
    {
        var (id, now) = (Shared.Ids.New(Shared.Ids.Operation, TimeProvider.System), DateTimeOffset.UtcNow);
        await api.Service<OperationStore>().AddAsync(
            new(id, bot.Account, bot.Id, OperationKind.Backup, OperationStatus.Accepted, bot.Account, now, now + deadline), Ct);
        await api.Service<DeploymentStore>().ChangeAsync(
            bot.Account, bot.Id, current => current with { Operation = new(id, OperationKind.Backup, now, bot.Account) }, Ct);
        return id;
    }

    /// <summary>What of the bot's own record is of the operator.</summary>
    private static async Task<IReadOnlyList<JsonElement>> ActionsAsync(RunningBot bot, StaffMember staff) =>
        [.. (await bot.Owner.GetAsync($"deployments/{bot.Id}/record")).GetProperty("rows").EnumerateArray()
            .Where(row => Text(row, "actor") == staff.Who.Actor).Select(row => row.GetProperty("data"))];

    private static async Task<JsonElement> RowAsync(StaffMember staff, string path, string id)
    {
        await foreach (var row in RowsAsync(staff, path))
        {
            if (Text(row, "id") == id)
            {
                return row;
            }
        }

        throw new InvalidOperationException($"{id} is not listed by {path}.");
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(StaffMember staff, string path) =>
        await RowsAsync(staff, path).Select(row => Text(row, "id")!).ToListAsync();

    private static async IAsyncEnumerable<JsonElement> RowsAsync(StaffMember staff, string path)
    {
        var cursor = "";
        do
        {
            var page = await staff.GetAsync(path + cursor);
            foreach (var row in page.GetProperty("operations").EnumerateArray())
            {
                yield return row;
            }

            cursor = page.GetProperty("cursor").GetString() is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "";
        }
        while (cursor.Length > 0);
    }

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
