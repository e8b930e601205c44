using System.Text.Json;
using System.Text.RegularExpressions;
using Launchpad.Functions.Access;
using Launchpad.Functions.Staff;
using Launchpad.Functions.Tests.Api;
using Launchpad.Shared.Access;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests.Access;

/// <summary>Who may what: every route by everybody, on what is there, on what is another's, on what is gone and on what is no id.</summary>
[Collection(ApiCollection.Name)]
public sealed class PolicyTests(LaunchpadApi api)
{
    private const string Refused = "urn:launchpad:problem:not-allowed";

    /// <summary>What no customer calls.</summary>
    private static readonly string[] NoCustomers = ["TakeHeartbeat", Unmatched.Name];

    public static TheoryData<string> Everybody => new(
        Enum.GetNames<Role>().Concat(RolePermissions.OfTokens.Select(permission => $"token {permission}")).Append("token of one bot"));

    [Fact]
    public void Every_route_of_a_customer_says_what_it_needs() => Assert.Empty(Routes.ByFunction.Values
        .Where(route => route.Needs is null != (route.IsStaff || route.IsOpen || NoCustomers.Contains(route.Function))
            && !route.Template.StartsWith("staff/", StringComparison.Ordinal))
        .Select(route => route.Function));

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task Nobody_gets_further_than_he_may(string who)
    {
        using var bot = await RunningBot.OfAsync(api);
        using var other = await RunningBot.OfAsync(api);
        using var caller = await CallerAsync(who, bot);
        var (may, oneBot) = MayOf(who);
        foreach (var route in Routes.ByFunction.Values.Where(route => route.Needs is not null))
        {
            var method = route.Methods.First(method => !HttpMethods.IsHead(method));
            var isAllowed = may.Contains(route.Needs!.Value) && (!oneBot || route.IsOfOneBot);
            var name = $"{who}: {method} {route.Template}";
            if (!isAllowed)
            {
                foreach (var id in new[] { bot.Id, other.Id, "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense" })
                {
                    var (status, problem) = await caller.SendAsync(method, PathOf(route, id), HttpMethods.IsGet(method) ? null : new { });
                    Assert.True(status == 403 && TypeOf(problem) == Refused, $"{name} on {id} is {status} {problem}");
                }
            }
            else if (route.IsOfOneBot)
            {
                // What he may do is not done here: the same is asked of what is not his.
                foreach (var id in new[] { other.Id, "dep_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense" })
                {
                    var (status, problem) = await caller.SendAsync(method, PathOf(route, id), HttpMethods.IsGet(method) ? null : new { });
                    Assert.True(status == 404, $"{name} on {id} is {status} {problem}");
                }
            }
            else if (HttpMethods.IsGet(method) && route.Query.Count == 0 && route.Function != "StreamAccount")
            {
                var (status, problem) = await caller.SendAsync(method, PathOf(route, "nonsense"));
                // The registry, which one of them asks, is nowhere here.
                Assert.True(status is 200 or 503, $"{name} is {status} {problem}");
            }
        }
    }

    private async Task<Colleague> CallerAsync(string who, RunningBot bot) => who switch
    {
        nameof(Role.Owner) => new(Colleague.Client(api, bot.Owner.Http.DefaultRequestHeaders.Authorization!.Parameter!), bot.Account, ""),
        "token of one bot" => await Colleague.WithTokenAsync(api, bot.Owner, [.. RolePermissions.OfTokens], bot.Id),
        _ when who.StartsWith("token ", StringComparison.Ordinal) =>
            await Colleague.WithTokenAsync(api, bot.Owner, [Enum.Parse<Permission>(who["token ".Length..])]),
        _ => await Colleague.InAsync(api, bot.Owner, Enum.Parse<Role>(who)),
    };

    private static (IReadOnlySet<Permission> May, bool OneBot) MayOf(string who) => who switch
    {
        "token of one bot" => (RolePermissions.OfTokens, true),
        _ when who.StartsWith("token ", StringComparison.Ordinal) => (new HashSet<Permission> { Enum.Parse<Permission>(who["token ".Length..]) }, false),
        _ => (RolePermissions.Of(Enum.Parse<Role>(who)), false),
    };

    private static string PathOf(Route route, string id) =>
        Regex.Replace(route.Template.Replace("{id}", id, StringComparison.Ordinal), @"\{[^}]+\}", "nonsense")
            + (route.Query.ContainsKey("deployment") ? $"?deployment={id}" : "");

    private static string? TypeOf(JsonElement? problem) => problem?.GetProperty("type").GetString();
}
