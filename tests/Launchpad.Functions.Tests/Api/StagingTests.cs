using Azure;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;

namespace Launchpad.Functions.Tests.Api;

/// <summary>Values of secrets beside each other, in real rows and the pocket vault.</summary>
[Collection(ApiCollection.Name)]
public sealed class StagingTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly string deployment = Shared.Ids.New(Shared.Ids.Deployment, TimeProvider.System);

    private BotSecrets Secrets => api.Service<BotSecrets>();

    [Fact]
    public async Task A_staged_value_changes_nothing_until_it_is_promoted_and_leaves_nothing_when_it_is_not()
    {
        await Secrets.PutAsync(deployment, "telegram-token", "first", Ct);
        var first = Assert.Single(await Secrets.ReferencesAsync(deployment, Ct));
        var next = await StageAsync("second", [first]);
        Assert.Equal([first], await Secrets.ReferencesAsync(deployment, Ct));
        Assert.Equal("first", (await Secrets.ReadAsync(deployment, [first], Ct))["telegram-token"]);
        Assert.Equal("second", (await Secrets.ReadAsync(deployment, [next], Ct))["telegram-token"]);

        await Secrets.UnstageAsync(deployment, [next, first], Ct);
        await Secrets.UnstageAsync(deployment, [next], Ct);
        Assert.Equal(["first"], await ValuesAsync());
        var gone = await Assert.ThrowsAsync<Shared.PermanentException>(() => Secrets.ReadAsync(deployment, [next], Ct));
        Assert.Equal("secret-gone", gone.Code);
        Assert.Equal("secret-gone", (await Assert.ThrowsAsync<Shared.PermanentException>(() =>
            Secrets.EnsureKeptAsync(deployment, [first, next], Ct))).Code);
    }

    [Fact]
    public async Task Each_version_has_its_own_value_and_what_is_in_use_is_never_unstaged()
    {
        await Secrets.PutAsync(deployment, "telegram-token", "first", Ct);
        var first = Assert.Single(await Secrets.ReferencesAsync(deployment, Ct));
        var next = await StageAsync("second", [first]);
        await Secrets.PromoteAsync(deployment, [first, next], Ct);
        await Secrets.UnstageAsync(deployment, [next], Ct);
        await Secrets.EnsureKeptAsync(deployment, [first, next], Ct);
        Assert.Equal("first", (await Secrets.ReadAsync(deployment, [first], Ct))["telegram-token"]);
        Assert.Equal("second", (await Secrets.ReadAsync(deployment, [next], Ct))["telegram-token"]);
        Assert.Equal(2, await Secrets.EraseAllAsync(deployment, Ct));
        Assert.Empty(await ValuesAsync());
    }

    [Fact]
    public async Task Old_values_and_forgotten_ones_go_when_another_is_staged_and_the_one_in_use_stays()
    {
        var used = await StageAsync("used", []);
        await Secrets.PromoteAsync(deployment, [used], Ct);
        for (var number = 0; number < 7; number++)
        {
            var next = await StageAsync($"value-{number}", [used]);
            await Secrets.PromoteAsync(deployment, [next], Ct);
        }

        var forgotten = await StageAsync("forgotten", [used]);
        await api.Service<Tables>().Secrets.UpdateEntityAsync(
            new Azure.Data.Tables.TableEntity(deployment, $"{forgotten.Name}@{forgotten.Version}") { ["setAt"] = DateTimeOffset.UtcNow.AddDays(-2) },
            ETag.All, Azure.Data.Tables.TableUpdateMode.Merge, Ct);
        await StageAsync("last", [used]);
        Assert.Equal(
            ["last", "used", "value-2", "value-3", "value-4", "value-5", "value-6"], (await ValuesAsync()).Order(StringComparer.Ordinal));
    }

    private async Task<SecretRef> StageAsync(string value, IReadOnlyCollection<SecretRef> inUse)
    {
        var reference = BotSecrets.Refer(deployment, "telegram-token", value, inUse);
        await Secrets.StageAsync(deployment, new Dictionary<SecretRef, string> { [reference] = value }, inUse, Ct);
        return reference;
    }

    private async Task<IEnumerable<string>> ValuesAsync() => (await Secrets.ReadAllAsync(deployment, Ct)).Select(pair => pair.Value);
}
