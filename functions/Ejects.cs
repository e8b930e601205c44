using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Bundles;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions;

/// <param name="Backup">Which; null for the newest.</param>
public sealed record EjectWith(string? Backup);

/// <summary>A bot that its owner takes along: a small archive that starts it on plain Docker, without us. Its data do not come through
/// here: what is in the archive fetches them.</summary>
public sealed class Ejects(Ownership ownership, BackupStore backups, BundleMaker bundles, Recorder recorder)
{
    /// <summary>A small signed archive that starts the bot on plain Docker, without us.</summary>
    [Function("EjectDeployment")]
    [Needs(Permission.Reveal)]
    [StepUp, Takes(typeof(EjectWith), Optional = true), Answers(200, MediaType = "application/gzip")]
    public async Task<IActionResult> Eject(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/eject")] HttpRequest request, string id,
        CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var backup = await ChooseAsync(deployment, (await Bodies.ReadIfAnyAsync<EjectWith>(request, ct))?.Backup, ct);
        var archive = await bundles.OpenAsync(backup, ct);

        // Before the record is read, so that what is taken along has it.
        await recorder.ActAsync(id, Caller.Of(request).Actor, "eject", new { backup = backup.Id }, ct);
        return new FileContentResult(await bundles.PackAsync(deployment, backup, archive, DateTimeOffset.UtcNow, ct), "application/gzip")
        {
            FileDownloadName = $"{deployment.Slug}.tar.gz",
        };
    }

    private async Task<Backup> ChooseAsync(Deployment deployment, string? id, CancellationToken ct) => id is null
        ? await backups.NewestAsync(deployment.Id, ct)
            ?? throw Problems.WrongState(deployment, "It has no backup, and its data come out of one. Make one first: POST …/backups.")
        : await backups.FindAsync(deployment.Id, id, ct) is { DeletedAt: null } found
            ? found
            : throw Problems.Invalid("backup", "is not a backup of this deployment. GET …/backups lists them.");
}
