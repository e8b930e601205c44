using System.Globalization;
using Launchpad.Functions.Access;
using Launchpad.Shared.Access;
using Launchpad.Shared.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Auth;

/// <summary>What is done with an account itself, in a chain of its own as every bot has one.</summary>
public sealed class AccountLog(Recorder recorder)
{
    /// <param name="account">Whose, and who.</param>
    /// <param name="action">What, as a verb.</param>
    /// <param name="data">Ids and kinds about it; never a secret, nor what was typed.</param>
    /// <param name="ct">Stops the wait.</param>
    public Task ActAsync(string account, string action, object? data, CancellationToken ct) => recorder.ActAsync(account, account, action, data, ct);

    /// <summary>By a member, or by a program, in the account that he works in.</summary>
    /// <inheritdoc cref="Recorder.ActAsync(string, string, string, object?, string?, CancellationToken)"/>
    public Task ActAsync(Caller who, string action, object? data, string? words, CancellationToken ct) =>
        recorder.ActAsync(who.Account.Id, who.Actor, action, data, words, ct);
}

/// <summary>What was done with the account: sign-ins, passwords, factors.</summary>
public sealed class AccountLogPages(Callers callers, RecordPages pages)
{
    /// <summary>What was done with the account itself, as a chain of hashes.</summary>
    [Function("GetAccountLog")]
    [Needs(Permission.Self)]
    [Answers(200, typeof(RecordPage))]
    [Query("after")]
    public async Task<IActionResult> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "auth/record")] HttpRequest request, CancellationToken ct)
    {
        var account = await callers.RequireAsync(request, ct);
        var typed = request.Query["after"].FirstOrDefault();
        var after = typed is null ? -1
            : long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence < 1_000_000_000_000 ? sequence
            : throw Problems.Invalid("after", "is the sequence number of the last row that you have; leave it out for all of them.");
        return new OkObjectResult(await pages.ReadAsync(account.Id, after, ct));
    }
}
