using Azure.Data.Tables;
using Launchpad.Shared.Storage;

namespace Launchpad.Shared.Secrets;

/// <summary>Keys of the product itself, which are made when they are first needed and stay in the vault. However many instances need one at once,
/// there is one: what a second key had sealed, or was told to others, would be of no use with the first.</summary>
public sealed class ProductKeys(SecretVault vault, Tables tables, TimeProvider clock)
{
    private const string Partition = "platform";
    private static readonly TimeSpan Keep = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan MakingMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <param name="name">In the vault.</param>
    /// <param name="make">Makes one; not called where there is one.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<string> GetAsync(string name, Func<string> make, CancellationToken ct) =>
        await vault.RecallAsync(name, Keep, ct) ?? await MakeAsync(name, make, ct);

    /// <summary>Whoever writes the row makes the key, and nobody else.</summary>
    private async Task<string> MakeAsync(string name, Func<string> make, CancellationToken ct)
    {
        var isOurs = await tables.Secrets.TryAddAsync(new TableEntity(Partition, name), ct);
        while (!isOurs)
        {
            if (await vault.RecallAsync(name, Keep, ct) is { } made)
            {
                return made;
            }

            await Task.Delay(Look, ct);
            var row = await tables.Secrets.FindAsync(Partition, name, ct);
            // Its maker died: the row changes hands, to one of those who wait.
            isOurs = row is null || (clock.GetUtcNow() - row.Timestamp > MakingMax
                && await tables.Secrets.TryReplaceAsync(new TableEntity(Partition, name), row.ETag, ct));
        }

        return await vault.GetAsync(name, ct) ?? await SetAsync(name, make(), ct);
    }

    private async Task<string> SetAsync(string name, string key, CancellationToken ct)
    {
        await vault.SetAsync(name, key, ct);
        return key;
    }
}
