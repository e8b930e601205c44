using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <summary>Backups for their owner's own disk. What is answered opens one archive, for a while; that it was asked for is in the
/// record.</summary>
public sealed class Downloads(Ownership ownership, BackupStore backups, BackupKeeper keeper, Recorder recorder)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>`tools/open-backup` makes files of what is answered.</summary>
    [Function("DownloadBackup")]
    [Needs(Permission.Reveal)]
    [StepUp, Answers(200, typeof(BackupDownload))]
    public async Task<IActionResult> Download(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/backups/{backup}/download")] HttpRequest request,
        string id, string backup, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        if (!Shared.Ids.IsValid(backup, Shared.Ids.Backup))
        {
            throw Problems.Invalid("backup", "is the id of a backup (bak_…). GET …/backups lists them.");
        }

        var found = await backups.FindAsync(id, backup, ct) ?? throw Problems.NotFound();
        var download = await keeper.DownloadAsync(found, Lifetime, ct);
        await recorder.ActAsync(id, Caller.Of(request).Actor, "download-backup", new { backup }, ct);
        return new OkObjectResult(download);
    }
}
