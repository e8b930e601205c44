using Launchpad.Shared.Deployments;
using Launchpad.Shared.Plans;
using Launchpad.Shared.Secrets;

namespace Launchpad.Functions;

/// <param name="Origin">Whose data it begins with; null for none.</param>
public sealed record NewOrder(string Account, string Name, Plan Plan, BotSettings Settings, BackupRef? Origin);

/// <summary>Takes orders, which are not paid for yet.</summary>
public sealed class NewOrders(DeploymentStore deployments, BotSecrets secrets, Quota quota, TimeProvider clock)
{
    /// <summary>The row comes first, so that a secret without an owner cannot exist; if the vault refuses, the row goes again.</summary>
    /// <exception cref="ProblemException">When the account has as many deployments as it may have.</exception>
    public async Task<Deployment> PlaceAsync(NewOrder order, IReadOnlyDictionary<string, string?> typed, CancellationToken ct)
    {
        var account = order.Account;
        if (await quota.LeftAsync(account, ct) <= 0)
        {
            throw Problems.QuotaReached(quota.Max);
        }

        var id = Shared.Ids.New(Shared.Ids.Deployment, clock);
        var deployment = new Deployment
        {
            Id = id,
            Account = account,
            Name = order.Name,
            Slug = Slugs.From(order.Name, id),
            Plan = order.Plan.Id,
            Settings = order.Settings,
            Origin = order.Origin,
            CreatedAt = clock.GetUtcNow(),
        };
        await deployments.AddAsync(deployment, ct);
        try
        {
            // Others may have been ordered meanwhile.
            if (await quota.LeftAsync(account, ct) < 0)
            {
                throw Problems.QuotaReached(quota.Max);
            }

            foreach (var (secret, value) in typed)
            {
                if (value is not null)
                {
                    await secrets.PutAsync(id, secret, value, ct);
                }
            }
        }
        catch
        {
            await secrets.EraseAllAsync(id, CancellationToken.None);
            await deployments.RemoveAsync(account, id, CancellationToken.None);
            throw;
        }

        return deployment;
    }
}
