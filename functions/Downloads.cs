using Launchpad.Shared.Backups;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>Backups for their owner's own disk. What is answered opens one archive, for a while.</summary>
public sealed class Downloads(Callers callers, Ownership ownership, BackupStore backups, BackupKeeper keeper)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>`tools/open-backup` makes files of what is answered.</summary>
    [Function("DownloadBackup")]
    public async Task<IActionResult> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/backups/{backup}/download")] HttpRequest request,
        string id, string backup, CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        if (!Shared.Ids.IsValid(backup, Shared.Ids.Backup))
        {
            throw Problems.Invalid("backup", "is the id of a backup (bak_…). GET …/backups lists them.");
        }

        await callers.RequireFreshAsync(request, ct);
        var found = await backups.FindAsync(id, backup, ct) ?? throw Problems.NotFound();
        return new OkObjectResult(await keeper.DownloadAsync(found, Lifetime, ct));
    }
}
