using Launchpad.Functions.Access;
using Launchpad.Functions.Tests.Api;
using Launchpad.Host.Tests;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Access;

/// <summary>Whoever asks all the time waits, and takes nothing from anybody else.</summary>
[Collection(ApiCollection.Name)]
public sealed class CallLimitTests(LaunchpadApi api)
{
    private const int Max = 60;

    [Fact]
    public void Who_calls_too_often_waits_and_nobody_else_does()
    {
        var clock = new ManualTime(new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
        var limits = new CallLimits(Options.Create(new AbuseOptions { Calls = Max }), clock);
        for (var call = 0; call < Max; call++)
        {
            Assert.Equal($"\"calls\";r={Max - call - 1};t={call + 1}", Take(limits, "acc_one"));
        }

        var refused = Assert.Throws<ProblemException>(() => Take(limits, "acc_one"));
        Assert.Equal((429, 1), (refused.Status, refused.RetryAfterSeconds));
        Take(limits, "tok_of_one");
        clock.Skip(TimeSpan.FromSeconds(1));
        Take(limits, "acc_one");
        Assert.Throws<ProblemException>(() => Take(limits, "acc_one"));
        clock.Skip(TimeSpan.FromMinutes(1));
        for (var call = 0; call < Max; call++)
        {
            Take(limits, "acc_one");
        }
    }

    [Fact]
    public async Task Every_answer_says_how_many_calls_are_left_and_a_token_has_its_own()
    {
        using var owner = await api.SignedUpAsync();
        using var program = Colleague.Client(
            api, (await api.Service<ApiTokenStore>().AddAsync(owner.Account, owner.Account, "a program", [Permission.Read], null, TimeSpan.FromDays(1), default))!.Value.Token);
        var (first, second) = (await LeftAsync(owner.Http), await LeftAsync(owner.Http));
        Assert.InRange(first - second, 0, 1);
        Assert.InRange(first, 1, new AbuseOptions().Calls - 1);
        Assert.Equal(new AbuseOptions().Calls - 1, await LeftAsync(program));

        static async Task<int> LeftAsync(HttpClient http)
        {
            using var answer = await http.GetAsync(new Uri("deployments", UriKind.Relative));
            Assert.Equal($"\"calls\";q={new AbuseOptions().Calls};w=60", Assert.Single(answer.Headers.GetValues("RateLimit-Policy")));
            return int.Parse(Assert.Single(answer.Headers.GetValues("RateLimit")).Split("r=")[1].Split(';')[0], null);
        }
    }

    private static string Take(CallLimits limits, string actor)
    {
        var http = new DefaultHttpContext();
        limits.Take(http.Response, actor);
        return http.Response.Headers["RateLimit"]!;
    }
}
