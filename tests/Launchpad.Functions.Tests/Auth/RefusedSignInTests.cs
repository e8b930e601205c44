using System.Globalization;
using System.Net.Http.Json;
using Azure.Data.Tables;
using Launchpad.Functions.Abuse;
using Launchpad.Functions.Tests.Api;
using Launchpad.Functions.Tests.Health;
using Launchpad.Shared.Abuse;
using Launchpad.Shared.Health;
using Launchpad.Shared.Storage;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions.Tests.Auth;

/// <summary>When more sign-ins are refused than people mistype, somebody is called.</summary>
[Collection(SecondApiCollection.Name)]
public sealed class RefusedSignInTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Who_tries_to_get_in_again_and_again_has_somebody_called_and_it_ends_when_it_is_quiet()
    {
        var watch = api.Service<RefusedSignIns>();
        await api.Service<Tables>().Attempts.RemoveAsync("sign-in", "sign-in", Ct);
        await watch.LookAsync(Ct);
        Assert.Null(await PageAsync());

        // Each from another network, as lists of what leaked elsewhere are tried. Codes cost less to refuse than passwords.
        using var http = new HttpClient { BaseAddress = api.Address };
        for (var guess = 0; guess < new AbuseOptions().RefusedSignIns; guess++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "auth/login/second")
            {
                Content = JsonContent.Create(new { challenge = "none of ours", code = "123456" }),
                Headers = { { "X-Forwarded-For", $"2001:db8:{guess:x}::1" } },
            };
            using var answer = await http.SendAsync(request);
            Assert.Equal(401, (int)answer.StatusCode);
        }

        var page = (await PageAsync())!;
        Assert.Contains("refused in 10 minutes, from ", page.Reason, StringComparison.Ordinal);
        Assert.True(int.Parse(page.Reason.Split(' ')[^2], CultureInfo.InvariantCulture) > 100, page.Reason);
        await watch.LookAsync(Ct);
        Assert.Equal(page.Id, (await PageAsync())?.Id);

        await api.Service<Tables>().Attempts.UpsertEntityAsync(
            new TableEntity("sign-in", "sign-in") { ["seenAt"] = DateTimeOffset.UtcNow.AddMinutes(-31) }, TableUpdateMode.Replace, Ct);
        await watch.LookAsync(Ct);
        Assert.Null(await PageAsync());
    }

    [Fact]
    public async Task What_is_over_for_ten_minutes_counts_no_more_and_what_goes_on_is_told_once_a_minute()
    {
        var clock = new Clock();
        var (pager, tables) = (api.Service<Pager>(), api.Service<Tables>());
        var watch = new RefusedSignIns(pager, tables, Options.Create(new AbuseOptions { RefusedSignIns = 4 }), clock);
        await tables.Attempts.RemoveAsync("sign-in", "sign-in", Ct);
        for (var minute = 0; minute < 30; minute += 5)
        {
            // Two and two again: those before are over by then.
            await watch.CountAsync("a", Ct);
            clock.Now = clock.Now.AddMinutes(5);
        }

        Assert.Null(await tables.Attempts.FindAsync("sign-in", "sign-in", Ct));
        for (var more = 0; more < 4; more++)
        {
            await watch.CountAsync("b", Ct);
        }

        var seen = (await tables.Attempts.FindAsync("sign-in", "sign-in", Ct))!;
        await watch.CountAsync("b", Ct);
        Assert.Equal(seen.ETag, (await tables.Attempts.FindAsync("sign-in", "sign-in", Ct))!.ETag);
        clock.Now = clock.Now.AddMinutes(1);
        await watch.CountAsync("b", Ct);
        Assert.NotEqual(seen.ETag, (await tables.Attempts.FindAsync("sign-in", "sign-in", Ct))!.ETag);
        await pager.ResolveAsync(PageKind.SignInsRefused, RefusedSignIns.Subject, Ct);
    }

    private async Task<Page?> PageAsync() => (await api.Service<Pager>().OpenAsync(Ct)).SingleOrDefault(page => page.Kind is PageKind.SignInsRefused);
}
