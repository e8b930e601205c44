using Launchpad.Functions.Access;
using Launchpad.Functions.Auth;
using Launchpad.Shared.Access;
using Launchpad.Shared;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Options;

namespace Launchpad.Functions;

/// <param name="At">The moment that it holds.</param>
/// <param name="Deleted">Until when it can be had back; null while it is wanted.</param>
/// <param name="Proven">When the bot last came up from it in a drill; null for never.</param>
public sealed record BackupDetail(
    string Id, DateTimeOffset At, [property: Wire(typeof(BackupReason))] string Reason, int Version, long StoredBytes, int Files, long FileBytes, int? Sessions, int? Memories,
    string ArchiveSha256, DateTimeOffset? Proven, DateTimeOffset? Deleted)
{
    /// <param name="undo">How long one that was deleted can be had back.</param>
    public static BackupDetail Of(Backup backup, TimeSpan undo)
    {
        var (stored, contents) = (backup.Stored, backup.Stored.Contents);
        return new(
            backup.Id, backup.At, backup.Reason.Wire(), backup.Version, stored.StoredBytes, contents.Files, contents.Bytes, contents.Sessions,
            contents.Memories, stored.ArchiveSha256, backup.ProvenAt, backup.DeletedAt + undo);
    }
}

/// <param name="Total">How many there are in all.</param>
/// <param name="Cursor">Leads to older ones; null when there are none.</param>
public sealed record BackupList(IReadOnlyList<BackupDetail> Backups, int Total, string? Cursor);

/// <summary>A bot's backups: those there are, and one more.</summary>
public sealed class Backups(Ownership ownership, OperationStarter starter, BackupStore backups, IOptions<BackupOptions> options)
{
    private const int PageMax = 200;

    /// <summary>Backs the bot up now. The bot is not disturbed.</summary>
    [Function("BackUpDeployment")]
    [Needs(Permission.Operate)]
    [Answers(202, typeof(Begun))]
    public async Task<IActionResult> BackUp(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/backups")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Backup, Caller.Of(request), nameof(BackupReason.Asked), ct));
    }

    /// <summary>Newest first, at most 200 at a time.</summary>
    [Function("ListBackups")]
    [Needs(Permission.Read)]
    [Answers(200, typeof(BackupList))]
    [Query("cursor")]
    public async Task<IActionResult> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "deployments/{id}/backups")] HttpRequest request, string id,
        CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        var all = await backups.ListAsync(id, ct);
        var cursor = request.Query["cursor"].FirstOrDefault();
        var from = cursor is null ? 0 : all.Index().FirstOrDefault(one => one.Item.Id == cursor, (-1, null!)).Index + 1;
        if (cursor is not null && from == 0)
        {
            throw Problems.Invalid("cursor", "is what the page before answered, and leads nowhere once that backup is gone. Begin again without it.");
        }

        var page = all.Skip(from).Take(PageMax).Select(View).ToList();
        return new OkObjectResult(new BackupList(page, all.Count, from + page.Count < all.Count ? page[^1].Id : null));
    }

    /// <summary>It can be had back for a while. The newest stays: a bot is not left without one.</summary>
    [Function("DeleteBackup")]
    [Needs(Permission.Delete)]
    [StepUp, Answers(200, typeof(BackupDetail))]
    public async Task<IActionResult> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "deployments/{id}/backups/{backup}")] HttpRequest request, string id,
        string backup, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var found = await FindAsync(id, backup, ct);
        return found.DeletedAt is null && (await backups.NewestAsync(id, ct))?.Id == found.Id
            ? throw Problems.WrongState(deployment, "This is the newest backup, which stays. Make another one first: POST …/backups.")
            : new OkObjectResult(View(await backups.DeleteAsync(found, ct) ?? found));
    }

    /// <summary>Takes the deletion of a backup back.</summary>
    [Function("UndeleteBackup")]
    [Needs(Permission.Delete)]
    [Answers(200, typeof(BackupDetail))]
    public async Task<IActionResult> Undelete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/backups/{backup}/undelete")] HttpRequest request,
        string id, string backup, CancellationToken ct)
    {
        await ownership.FindAsync(request, id, ct);
        return await backups.UndeleteAsync(await FindAsync(id, backup, ct), ct) is { } kept
            ? new OkObjectResult(View(kept))
            : throw Problems.NotFound();
    }

    private async Task<Backup> FindAsync(string id, string backup, CancellationToken ct) =>
        !Ids.IsValid(backup, Ids.Backup)
            ? throw Problems.Invalid("backup", "is the id of a backup (bak_…). GET …/backups lists them.")
            : await backups.FindAsync(id, backup, ct) ?? throw Problems.NotFound();

    private BackupDetail View(Backup backup) => BackupDetail.Of(backup, options.Value.UndoWindow);
}
