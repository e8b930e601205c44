using Launchpad.Shared;
using Launchpad.Shared.Deployments;

namespace Launchpad.Functions.Tests.Api;

/// <summary>An account that has had more bots than a page holds.</summary>
[Collection(ApiCollection.Name)]
public sealed class ManyBotsTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Those_that_are_gone_do_not_hide_those_that_are_there()
    {
        using var owner = await api.SignedUpAsync();
        var gone = Enumerable.Range(0, 210).Select(_ => Ids.New(Ids.Deployment, TimeProvider.System)).Order(StringComparer.Ordinal).ToList();
        await Parallel.ForEachAsync(gone, Ct, async (id, ct) => await api.Service<DeploymentStore>().AddAsync(
            new()
            {
                Id = id,
                Account = owner.Account,
                Name = "Ada",
                Slug = "ada",
                Plan = "starter",
                Settings = new(null, null, Telegram: false),
                CreatedAt = DateTimeOffset.UtcNow,
                Status = DeploymentStatus.Terminated,
            },
            ct));
        var living = await owner.OrderAsync();

        var (page, cursor) = await PageAsync("deployments?living=true");
        Assert.Equal([living], page);
        Assert.Null(cursor);
        Assert.Equal([living], (await owner.GetAsync("billing")).GetProperty("bots").EnumerateArray().Select(bot => bot.GetProperty("deployment").GetString()));

        var all = new List<string>();
        do
        {
            (page, cursor) = await PageAsync(cursor is null ? "deployments" : $"deployments?cursor={cursor}");
            Assert.InRange(page.Count, 1, 100);
            all.AddRange(page);
        }
        while (cursor is not null);
        Assert.Equal([.. gone, living], all);
        Assert.Equal(400, (await owner.AskAsync("deployments?cursor=1!8!YWJj")).Status);
        Assert.Equal(100, (await owner.GetAsync("record")).GetProperty("rows").GetArrayLength());

        async Task<(List<string> Ids, string? Cursor)> PageAsync(string path)
        {
            var answer = await owner.GetAsync(path);
            return ([.. answer.GetProperty("deployments").EnumerateArray().Select(bot => bot.GetProperty("id").GetString()!)],
                answer.GetProperty("cursor").GetString());
        }
    }
}
