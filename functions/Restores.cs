using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Shared;
using Launchpad.Shared.Access;
using Launchpad.Shared.Backups;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace Launchpad.Functions;

/// <param name="Backup">Which; null where a date says it.</param>
/// <param name="Date">The newest backup of that day (2026-02-08) or of before that moment (RFC 3339); null for the newest.</param>
public sealed record RestoreFrom(string? Backup, string? Date, string? Why);

/// <summary>What a restore would do.</summary>
/// <param name="Loses">What is not there afterwards.</param>
/// <param name="Relink">What has to be done by hand afterwards.</param>
/// <param name="DowntimeSeconds">As the last boot took.</param>
/// <param name="Undo">How it is taken back.</param>
public sealed record RestorePlan(
    BackupDetail Backup, IReadOnlyList<string> Loses, IReadOnlyList<string> Relink, IReadOnlyList<string> Keeps, int DowntimeSeconds, string Undo);

/// <summary>Brings a bot's data back. The config stays as it is: a rollback brings an older one back.</summary>
public sealed class Restores(Ownership ownership, OperationStarter starter, BackupStore backups, RestorePlans plans)
{
    /// <summary>Brings the bot's data back from a backup; with `plan=true` it only says what that would do.</summary>
    [Function("RestoreDeployment")]
    [Needs(Permission.Change)]
    [Takes(typeof(RestoreFrom)), Answers(202, typeof(Begun)), Answers(200, typeof(RestorePlan))]
    [Query("plan", "true", "false")]
    public async Task<IActionResult> Restore(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "deployments/{id}/restore")] HttpRequest request, string id,
        [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var deployment = await ownership.FindAsync(request, id, ct);
        var body = await Bodies.ReadAsync<RestoreFrom>(request, ct);
        var why = Rules.Why(body.Why);
        var backup = await ChooseAsync(deployment, body, ct);
        if (request.Query["plan"] == "true")
        {
            return new OkObjectResult(await plans.OfAsync(deployment, backup, ct));
        }

        var change = new ChangeRequest(null, null, null, DataChoice.AsAtSwitch, why, Backup: backup.Id);
        return Answers.Accepted(await starter.BeginAsync(
            client, deployment, OperationKind.Restore, Caller.Of(request), change.ToJson(), ct));
    }

    private async Task<Backup> ChooseAsync(Deployment deployment, RestoreFrom body, CancellationToken ct)
    {
        if (body is { Backup: not null, Date: not null })
        {
            throw Problems.Invalid("backup", "or 'date' says which backup, not both.");
        }

        if (body.Backup is { } id)
        {
            return await backups.FindAsync(deployment.Id, id, ct) is { DeletedAt: null } found
                ? found
                : throw Problems.Invalid("backup", "is not a backup of this deployment. GET …/backups lists them.");
        }

        var until = body.Date is null ? (DateTimeOffset?)null : Moment(body.Date);
        return await backups.NewestAsync(deployment.Id, ct, until)
            ?? throw Problems.WrongState(deployment, until is null ? "It has no backup yet." : $"It has no backup of {until:u} or before.");
    }

    /// <summary>A day is meant to its end.</summary>
    private static DateTimeOffset Moment(string typed) =>
        DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue
            ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddTicks(-1)
            : DateTimeOffset.TryParse(
                typed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
                ? moment
                : throw Problems.Invalid("date", "is a day (2026-02-08) or a moment (2026-02-08T03:00:00Z).");
}

/// <summary>What a restore would do, told from what is known without asking a machine.</summary>
public sealed class RestorePlans(ConfigVersionStore versions, TimeProvider clock)
{
    private const int UsualBootSeconds = 15;

    public async Task<RestorePlan> OfAsync(Deployment deployment, Backup backup, CancellationToken ct)
    {
        var age = clock.GetUtcNow() - backup.At;
        var active = deployment.ActiveVersion is { } number ? await versions.FindAsync(deployment.Id, number, ct) : null;
        return new(
            BackupDetail.Of(backup, undo: TimeSpan.Zero),
            [
                $"What the bot heard, wrote and remembered since {backup.At:u}: {Words(age)}.",
                .. backup.Image == active?.State.Image ? (string[])[] : [$"Nothing by itself, but the backup is of version {backup.Version}, which ran another release: the bot is tried on it first."],
            ],
            ["Browsers that were let in after that moment have to be let in again."],
            ["The config, keys and tokens, the address and the plan stay as they are now; Telegram stays connected."],
            active?.BootMs is { } ms ? (int)Math.Ceiling(ms / 1000.0) : UsualBootSeconds,
            $"POST /api/deployments/{deployment.Id}/rollback with \"data\":\"as-at-switch\" brings back what is there now, until the next change.");
    }

    private static string Words(TimeSpan age) => age.TotalDays >= 1 ? $"{age.TotalDays:0.#} days" : age.TotalHours >= 1 ? $"{age.TotalHours:0.#} hours" : $"{age.TotalMinutes:0} minutes";
}
