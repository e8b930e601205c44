using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Data.Tables;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Secrets;
using Launchpad.Shared.Storage;
using Launchpad.Shared.Vms;

namespace Launchpad.Shared.Snapshots;

public enum LossKind
{
    /// <summary>The vault had it, and has it no more.</summary>
    SecretMissing,

    /// <summary>An operation was going on.</summary>
    OperationInterrupted,

    /// <summary>The cloud has a machine that no row knows.</summary>
    MachineUnknown,

    /// <summary>A row has a machine that the cloud does not know.</summary>
    MachineMissing,
}

/// <param name="Subject">The secret, operation or machine.</param>
/// <param name="Said">What it means and what comes of it.</param>
public sealed record Loss(LossKind Kind, string Subject, string Said);

/// <summary>What rows alone do not bring back: compares them with the vault and the cloud as these are now.</summary>
public sealed class Losses(Tables tables, SecretVault vault, VmGateway cloud, SnapshotBlobs blobs)
{
    public async IAsyncEnumerable<Loss> FindAsync(
        SnapshotManifest snapshot, AgeIdentity? identity, [EnumeratorCancellation] CancellationToken ct)
    {
        var secrets = await vault.ListAsync(ct).Select(secret => secret.Name).ToHashSetAsync(cancellationToken: ct);
        await foreach (var line in blobs.LinesAsync(snapshot, snapshot[ControlPlaneSnapshots.Vault], identity, ct))
        {
            if (JsonSerializer.Deserialize<SecretName>(line, JsonSerializerOptions.Web) is { } secret && !secrets.Contains(secret.Name))
            {
                yield return new(LossKind.SecretMissing, secret.Name, $"the vault does not have it; it was last set {secret.UpdatedOn:u}");
            }
        }

        await foreach (var row in tables.Deployments.QueryAsync<TableEntity>("operation ne ''", cancellationToken: ct))
        {
            yield return new(
                LossKind.OperationInterrupted, row.GetString("operation"),
                $"{row.GetString("operationKind")} of {row.RowKey} was going on; it is taken up where the engine left it, or else from its first step");
        }

        await foreach (var loss in MachinesAsync(ct))
        {
            yield return loss;
        }
    }

    private async IAsyncEnumerable<Loss> MachinesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var there = await cloud.ListAsync(ct).ToHashSetAsync(StringComparer.OrdinalIgnoreCase, ct);
        await foreach (var row in tables.Vms.QueryAsync<TableEntity>("status ne ''", cancellationToken: ct))
        {
            // One that is being made, or given up, has a saga that goes on with it.
            if (!there.Remove(VmGateway.ResourceName(row.RowKey)) && row.GetString("status") == nameof(VmStatus.Ready))
            {
                yield return new(
                    LossKind.MachineMissing, row.RowKey,
                    $"the cloud does not have this machine; its bots are brought up elsewhere from their newest backups: {row.GetString("owners") ?? "none"}");
            }
        }

        foreach (var machine in there)
        {
            yield return new(
                LossKind.MachineUnknown, machine,
                "this machine is in the cloud and in no row: what runs there was ordered after the snapshot and is unknown here");
        }
    }
}
