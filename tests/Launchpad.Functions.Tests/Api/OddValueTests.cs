using System.Text.RegularExpressions;
using Launchpad.Functions.Tests.Access;
using Launchpad.Functions.Tests.Staff;
using Microsoft.AspNetCore.Http;

namespace Launchpad.Functions.Tests.Api;

/// <summary>What is typed into a path or a query is answered, whatever it is: nothing of it is our fault.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class OddValueTests(LaunchpadApi api)
{
    private const string Last = "ZZZZZZZZZZZZZZZZZZZZZZZZZZ";

    public static TheoryData<string> Odd =>
    [
        "", "-1", "2147483648", "9223372036854775807", "9999-12", "9999-12-31", "0001-01-01T00:00:00+14:00", $"op_{Last}", $"dep_{Last}",
        "a/b?c#d\0\uD83D\uDE00\uFFFF", new('9', 2000),
    ];

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Whatever_is_typed_is_answered(string odd)
    {
        using var bot = await RunningBot.OfAsync(api);
        using var owner = new Colleague(bot.Owner.Http, bot.Account, "");
        using var staff = await StaffMember.OfAsync(api);
        // Where an answer leads to is another site.
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", staff.Token);
        using var operators = new Colleague(http, "", "");
        foreach (var route in Routes.ByFunction.Values.Where(route => route.Methods.Contains(HttpMethods.Get)))
        {
            var path = Regex.Replace(route.Template, "^((?:deployments|operations)/){id}", $"$1{bot.Id}").Replace("{*path}", "x", StringComparison.Ordinal);
            var caller = route.IsStaff ? operators : owner;
            var usual = (await caller.SendAsync("GET", Regex.Replace(path, "{[^}]*}", "nonsense"))).Status;
            var typed = route.Query.Keys.Select(name => $"{Regex.Replace(path, "{[^}]*}", "nonsense")}?{name}={Uri.EscapeDataString(odd)}")
                .Concat(path.Contains('{', StringComparison.Ordinal) ? [Regex.Replace(path, "{[^}]*}", Uri.EscapeDataString(odd))] : []);
            foreach (var target in typed)
            {
                var (status, problem) = await caller.SendAsync("GET", target);
                Assert.True(status < 500 || status == usual, $"GET {target} is {status} {problem}, but usually {usual}");
            }
        }
    }
}
