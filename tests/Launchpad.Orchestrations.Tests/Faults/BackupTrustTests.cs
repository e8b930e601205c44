using Azure.Security.KeyVault.Secrets;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;

namespace Launchpad.Orchestrations.Tests.Faults;

/// <summary>What is needed to read a bot's backups is never replaced, and what a machine says of them is not taken on trust.</summary>
public sealed class BackupTrustTests(Theatre theatre) : IClassFixture<Theatre>
{
    private static readonly string Key = $"{Bots.Deployment.Replace('_', '-').ToLowerInvariant()}-backup-identity";

    [Fact]
    public async Task A_key_that_somebody_deleted_is_had_back_and_opens_what_it_did()
    {
        var first = await BackedUpAsync();
        await DeleteKeyAsync(purged: false);
        await theatre.Bots.DoAsync(OperationKind.Backup);
        Assert.Equal(2, (await theatre.Product.Get<BackupStore>().ListAsync(Bots.Deployment, default)).Count);
        Assert.NotNull(await theatre.Product.Get<BackupKeeper>().HeaderAsync(first, default));
    }

    [Fact]
    public async Task Where_there_are_backups_no_other_key_is_made()
    {
        await BackedUpAsync();
        await DeleteKeyAsync(purged: true);
        var id = await theatre.Product.BeginAsync(OperationKind.Backup);
        await theatre.Product.EndAsync(id);
        var ended = (await theatre.Product.Get<OperationStore>().FindAsync(Bots.Account, id, default))!;
        Assert.Equal("backup-key-gone", ended.Failure!.Code);
        Assert.Single(await theatre.Product.Get<BackupStore>().ListAsync(Bots.Deployment, default));
        Assert.Equal(DeploymentStatus.Running, (await theatre.Product.DeploymentAsync()).Status);
    }

    [Theory]
    [InlineData(-40)]
    [InlineData(40)]
    public async Task A_backup_is_as_old_as_it_is_by_our_clock(int daysOff)
    {
        var first = await BackedUpAsync();
        var asked = theatre.World.Clock.GetUtcNow();
        var made = theatre.Product.Get<NextBackups>().MadeAt(asked.AddDays(daysOff), asked);
        theatre.World.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(made, asked, theatre.World.Clock.GetUtcNow());
        Assert.True(made > first.At);
    }

    [Fact]
    public async Task An_archive_that_was_not_asked_for_is_none()
    {
        var first = await BackedUpAsync();
        var refused = await Assert.ThrowsAsync<PermanentException>(() => theatre.Product.Get<BackupKeeper>().RecordAsync(
            first with { Id = Backup.IdOf(Ids.New(Ids.Operation, theatre.World.Clock)) }, default));
        Assert.Equal("backup-damaged", refused.Code);
    }

    private async Task<Backup> BackedUpAsync()
    {
        theatre.World.Clock.Go();
        theatre.Product.Gate = _ => Task.CompletedTask;
        await (await theatre.Bots.RunningAsync("starter")).RestoreAsync(theatre.World);
        await theatre.Product.ForgetAsync();
        await theatre.Bots.DoAsync(OperationKind.Backup);
        return (await theatre.Product.Get<BackupStore>().NewestAsync(Bots.Deployment, default))!;
    }

    /// <summary>By hand, past the product, which has forgotten it too.</summary>
    private async Task DeleteKeyAsync(bool purged)
    {
        var vault = theatre.Product.Get<SecretClient>();
        await (await vault.StartDeleteSecretAsync(Key)).WaitForCompletionAsync();
        if (purged)
        {
            await vault.PurgeDeletedSecretAsync(Key);
        }

        await theatre.Product.ForgetAsync();
    }
}
