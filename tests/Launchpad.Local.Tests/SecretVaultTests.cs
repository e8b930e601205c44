using Azure;
using Launchpad.Local.Faults;
using Launchpad.Processes;
using Launchpad.Shared.Secrets;

namespace Launchpad.Local.Tests;

/// <summary>What the product does with secrets, on the pocket Key Vault and with its faults.</summary>
[Collection(ManagedIdentity.Collection)]
public sealed class SecretVaultTests(TestCloud cloud) : IClassFixture<TestCloud>, IDisposable
{
    private readonly SecretVault _vault = new(ManagedIdentity.SecretClient(cloud));
    private readonly string _name = "v-" + Guid.NewGuid().ToString("n");

    [Theory]
    [InlineData("plain")]
    [InlineData("line\nline\r\n\u0000 $(touch /canary) '\" --flag 漢")]
    [InlineData("")]
    public async Task A_value_comes_back_as_it_was_given(string value)
    {
        var version = await _vault.SetAsync(_name, value, default);

        Assert.Equal(32, version.Length);
        Assert.Equal(value, await _vault.GetAsync(_name, default));
    }

    [Fact]
    public async Task A_value_is_recalled_without_the_vault_until_its_time_is_over_or_it_is_changed_here()
    {
        var keep = TimeSpan.FromMinutes(1);
        Assert.Null(await _vault.RecallAsync(_name, keep, default));
        await _vault.SetAsync(_name, "one", default);
        using var other = new SecretVault(ManagedIdentity.SecretClient(cloud));
        Assert.Equal(("one", "one"), (await _vault.RecallAsync(_name, keep, default), await other.RecallAsync(_name, TimeSpan.FromMilliseconds(50), default)));
        await _vault.SetAsync(_name, "two", default);
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        using var reads = new Counted("launchpad.vault.reads");
        Assert.Equal(("two", "two"), (await _vault.RecallAsync(_name, keep, default), await other.RecallAsync(_name, keep, default)));
        Assert.Equal(("two", "two"), (await _vault.RecallAsync(_name, keep, default), await other.RecallAsync(_name, keep, default)));
        Assert.Equal(2, reads.Total);
        await _vault.EraseAsync(_name, default);
        Assert.Null(await _vault.RecallAsync(_name, keep, default));
    }

    [Fact]
    public async Task An_absent_secret_is_null() => Assert.Null(await _vault.GetAsync(_name, default));

    [Fact]
    public async Task Erasing_leaves_nothing_and_may_be_repeated()
    {
        await _vault.SetAsync(_name, "value", default);

        await _vault.EraseAsync(_name, default);
        await _vault.EraseAsync(_name, default);

        Assert.Null(cloud.Context.Vault.Find(_name));
        await _vault.SetAsync(_name, "again", default);
        Assert.Equal("again", await _vault.GetAsync(_name, default));
    }

    [Fact]
    public async Task An_erasure_that_died_before_the_purge_is_finished_by_the_next()
    {
        await _vault.SetAsync(_name, "value", default);
        cloud.Context.Vault.Delete(_name);

        await _vault.EraseAsync(_name, default);
        Assert.Null(cloud.Context.Vault.Find(_name));
    }

    [Fact]
    public async Task A_deleted_name_can_be_set_again()
    {
        await _vault.SetAsync(_name, "old", default);
        cloud.Context.Vault.Delete(_name);

        await _vault.SetAsync(_name, "new", default);
        Assert.Equal("new", await _vault.GetAsync(_name, default));
        Assert.Single(cloud.Context.Vault.Find(_name)!.Versions);
    }

    [Fact]
    public async Task Names_are_listed_in_their_order()
    {
        await _vault.SetAsync(_name + "-a", "1", default);
        await _vault.SetAsync(_name + "-b", "2", default);

        var names = await ManagedIdentity.SecretClient(cloud).GetPropertiesOfSecretsAsync().Select(secret => secret.Name).ToListAsync();
        Assert.Equal([_name + "-a", _name + "-b"], names.Where(name => name.StartsWith(_name, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(FaultKind.FailBefore)]
    [InlineData(FaultKind.FailAfter)]
    [InlineData(FaultKind.Duplicate)]
    [InlineData(FaultKind.Throttle)]
    public async Task Every_call_of_set_get_and_erase_may_fail_once(FaultKind fault)
    {
        for (var skip = 0; skip < 8; skip++)
        {
            cloud.Context.Faults.Set(1, [new FaultRule("keyvault", fault, Skip: skip, Count: 1, RetryAfterSeconds: 0)]);
            await _vault.SetAsync(_name, "value", default);
            Assert.Equal("value", await _vault.GetAsync(_name, default));
            await _vault.EraseAsync(_name, default);
            Assert.Null(cloud.Context.Vault.Find(_name));
        }
    }

    [Fact]
    public async Task A_name_that_the_vault_cannot_hold_is_refused() =>
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestFailedException>(() => _vault.SetAsync("under_score", "x", default))).Status);

    public void Dispose() => cloud.Context.Faults.Clear();
}
