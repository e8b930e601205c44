using System.Text.Json;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Health;
using Launchpad.Shared.Vms;

namespace Launchpad.Functions.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class StorageTests(LaunchpadApi api)
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Theory]
    [InlineData(10_000, 9_000, 1_000, false)]
    [InlineData(10_000, 9_001, 999, true)]
    [InlineData(10_000, 10_000, 0, true)]
    public async Task How_full_a_bots_volume_is_is_told_as_its_machine_told_it(int size, int used, int free, bool low)
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        Assert.Equal(JsonValueKind.Null, (await StorageAsync(owner, id)).ValueKind);

        var (store, vm, now) = (api.Service<DeploymentStore>(), $"vm_{Guid.NewGuid():n}", DateTimeOffset.UtcNow);
        await store.ChangeAsync(owner.Account, id, deployment => deployment with { Vm = vm }, Ct);
        VmBot bot = new(id, true, true, now, 0, null, false, null, null, [], new(size, used, free));
        await api.Service<HeartbeatStore>().TryPutAsync(
            vm, now.ToUnixTimeMilliseconds(), now,
            JsonSerializer.SerializeToUtf8Bytes(new VmReport(now, 64_000, 32_000, [bot]), VmJson.Default.VmReport), Ct);

        var told = await StorageAsync(owner, id);
        Assert.Equal((size, used, free, low), (
            told.GetProperty("sizeMb").GetInt32(), told.GetProperty("usedMb").GetInt32(), told.GetProperty("freeMb").GetInt32(),
            told.GetProperty("low").GetBoolean()));
    }

    [Fact]
    public async Task What_each_observer_saw_is_told_one_by_one()
    {
        using var owner = await api.SignedUpAsync();
        var id = await owner.OrderAsync();
        Assert.Equal(0, (await owner.GetAsync($"deployments/{id}/health")).GetProperty("observers").GetArrayLength());
        var looks = new Looks(new(Sight.Down, "ended with exit code 1"), new(Sight.Silent, "no answer"), new(Sight.Up, "200"));
        await api.Service<ConditionStore>().ChangeAsync(
            owner.Account, id, before => before.Seen(new(VerdictKind.Unknown), "all of it", DateTimeOffset.UtcNow, looks), Ct);
        Assert.Equal(
            [("heartbeat", "down", "ended with exit code 1"), ("ssh", "silent", "no answer"), ("outside", "up", "200")],
            (await owner.GetAsync($"deployments/{id}/health")).GetProperty("observers").EnumerateArray()
                .Select(one => (one.GetProperty("observer").GetString(), one.GetProperty("sight").GetString(), one.GetProperty("said").GetString())));
    }

    private static async Task<JsonElement> StorageAsync(Owner owner, string id) =>
        (await owner.GetAsync($"deployments/{id}/health")).GetProperty("storage");
}
