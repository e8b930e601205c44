using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;
using Launchpad.Functions.Staff;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Auth;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Staff;

/// <summary>What was made for an operator is good for its replacement alone, and what he chose is his.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class StaffPasswordTests(LaunchpadApi api)
{
    private const string Own = "eleven blue lanterns";
    private const string ChangePath = "staff/auth/password";

    [Fact]
    public async Task A_made_password_only_opens_the_door_to_its_replacement()
    {
        using var staff = await StaffMember.AddedAsync(api);
        var (status, body) = await staff.LoginAsync();
        Assert.Equal((200, "set-password"), (status, StageOf(body)));
        staff.Use(body);
        await ShutAsync(staff, StaffStage.SetPassword, "own-password-needed");

        using var before = staff.Elsewhere();
        before.Use(body);
        var (changed, own) = await staff.AskAsync(ChangePath, new { password = Own });
        Assert.Equal((200, "enrol"), (changed, StageOf(own)));
        Assert.Equal(401, (await before.AskAsync("staff/auth/me", method: "GET")).Status);
        Assert.Equal("wrong-credentials", Person.KindOf((await before.LoginAsync()).Body));
        Assert.Equal((200, "enrol"), ((await before.LoginAsync(Own)).Status, StageOf((await before.LoginAsync(Own)).Body)));

        staff.Use(own);
        await ShutAsync(staff, StaffStage.Enrol, "second-factor-needed");
        await staff.EnrolAsync();
        Assert.Equal("whole", (await staff.GetAsync("staff/auth/me")).GetProperty("stage").GetString());
        await staff.GetAsync("staff/alerts");
    }

    [Fact]
    public async Task It_opens_once()
    {
        using var staff = await StaffMember.AddedAsync(api);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => (await staff.LoginAsync()).Status));
        Assert.Equal([200, 401, 401], statuses.Order());
        Assert.Equal("made-password-over", Person.KindOf((await staff.LoginAsync()).Body));
        Assert.Equal("wrong-credentials", Person.KindOf((await staff.LoginAsync("not this one")).Body));
    }

    [Theory]
    [InlineData(71, 200)]
    [InlineData(73, 401)]
    public async Task It_is_void_when_nobody_used_it_for_72_hours(int hours, int status)
    {
        using var staff = await StaffMember.AddedAsync(api);
        await ChangeRowAsync(staff, row => row["passwordMadeAt"] = DateTimeOffset.UtcNow.AddHours(-hours));
        var (answered, body) = await staff.LoginAsync();
        Assert.Equal(status, answered);
        Assert.True(status == 200 || Person.KindOf(body) == "made-password-over");
    }

    [Theory]
    [InlineData("short", "invalid")]
    [InlineData("password123", "weak-password")]
    [InlineData("aaaaaaaaaaaa", "weak-password")]
    [InlineData(StaffMember.Password, "weak-password")]
    public async Task What_replaces_it_is_held_to_the_rules_of_everybody(string password, string kind)
    {
        using var staff = await StaffMember.AddedAsync(api);
        staff.Use((await staff.LoginAsync()).Body);
        Assert.Equal(kind, Person.KindOf((await staff.AskAsync(ChangePath, new { password })).Body));
        Assert.Equal("set-password", (await staff.GetAsync("staff/auth/me")).GetProperty("stage").GetString());
    }

    [Fact]
    public async Task Who_finds_the_browser_open_has_to_know_the_made_password()
    {
        using var staff = await StaffMember.AddedAsync(api);
        staff.Use((await staff.LoginAsync()).Body);
        await staff.GrowStaleAsync();
        Assert.Equal("sign-in-again", Person.KindOf((await staff.AskAsync(ChangePath, new { password = Own })).Body));
        Assert.Equal(200, (await staff.AskAsync("staff/auth/step-up", new { password = StaffMember.Password })).Status);
        Assert.Equal(200, (await staff.AskAsync(ChangePath, new { password = Own })).Status);
    }

    [Fact]
    public async Task A_change_asks_for_the_old_one_and_ends_every_other_session()
    {
        using var staff = await StaffMember.WithPasswordAsync(api);
        using var phone = staff.Elsewhere();
        phone.Use((await phone.SecondAsync(await phone.ChallengeAsync(), staff.Code)).Body);
        Assert.Equal("invalid", Person.KindOf((await staff.AskAsync(ChangePath, new { password = Own })).Body));
        Assert.Equal("wrong-credentials", Person.KindOf((await staff.AskAsync(ChangePath, new { password = Own, current = "not this one" })).Body));
        await phone.GetAsync("staff/auth/me");

        var (status, body) = await staff.AskAsync(ChangePath, new { password = Own, current = StaffMember.Password });
        Assert.Equal((200, "whole"), (status, StageOf(body)));
        foreach (var ended in new[] { phone, staff })
        {
            Assert.Equal(401, (await ended.AskAsync("staff/auth/me", method: "GET")).Status);
        }

        staff.Use(body);
        await staff.GetAsync("staff/alerts");
        Assert.Equal((401, 202), ((await phone.LoginAsync()).Status, (await phone.LoginAsync(Own)).Status));
    }

    [Fact]
    public async Task Who_was_added_before_there_was_such_a_rule_keeps_his()
    {
        using var staff = await StaffMember.AddedAsync(api);
        await ChangeRowAsync(staff, row => row.Remove("passwordMadeAt"));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var (status, body) = await staff.LoginAsync();
            Assert.Equal((200, "enrol"), (status, StageOf(body)));
        }
    }

    private static string? StageOf(JsonElement signedIn) => signedIn.GetProperty("operator").GetProperty("stage").GetString();

    /// <summary>All that is not open to whoever has come no further.</summary>
    private static async Task ShutAsync(StaffMember staff, StaffStage stage, string kind)
    {
        var shut = Routes.ByFunction.Values.Where(route => route.IsStaff && route.OpenFrom > stage).ToList();
        Assert.NotEmpty(shut);
        foreach (var route in shut)
        {
            var path = Regex.Replace(route.Template, @"\{[^}]+\}", "op_01ARZ3NDEKTSV4RRFFQ69G5FAV");
            var (status, problem) = await staff.AskAsync(path, null, route.Methods.First(method => method != "HEAD"));
            Assert.True(status == 403 && Person.KindOf(problem) == kind, $"{route.Function} is {status} {problem}");
        }
    }

    private async Task ChangeRowAsync(StaffMember staff, Action<TableEntity> change)
    {
        var table = api.Service<Tables>().Operators;
        var id = staff.Who.Id;
        var row = await table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq 'operator' and id eq {id}")).SingleAsync();
        change(row);
        await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
    }
}
