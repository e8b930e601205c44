using System.Globalization;
using Azure.Data.Tables;
using Launchpad.Shared.Access;
using Launchpad.Shared.Mail;
using Launchpad.Shared.Notifications;
using Launchpad.Shared.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Launchpad.Functions.Access;

/// <summary>Programs stop when their token ends, so whoever made it hears of that before.</summary>
public sealed class TokenTimers(ApiTokenStore tokens, Rounds rounds, Outbox outbox, TimeProvider clock)
{
    /// <summary>Each once, whoever runs it how often.</summary>
    [Function("TellEndingTokens")]
    public Task Tell([TimerTrigger("0 30 9 * * *")] TimerInfo timer, CancellationToken ct) =>
        rounds.GoAsync(tokens.EndingRound(clock.GetUtcNow()), TellAsync, ct);

    private async Task TellAsync(TableEntity leading, CancellationToken ct)
    {
        // One that was made for a few days is known to end.
        if (await tokens.FindAsync(leading, ct) is not { } token || token.ExpiresAt - token.CreatedAt < 2 * ApiTokenStore.ToldBefore)
        {
            return;
        }

        var values = new Dictionary<string, string>
        {
            ["name"] = token.Name,
            ["endsAt"] = token.ExpiresAt.ToString("O", CultureInfo.InvariantCulture),
        };
        if (token.By != token.Account)
        {
            values[CustomerLetters.Workplace] = token.Account;
        }

        await outbox.SendAsync(token.By, LetterKinds.TokenEnding, $"{LetterKinds.TokenEnding}-{token.Id}", values, ct);
    }
}
